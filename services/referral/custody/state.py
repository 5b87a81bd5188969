"""What decisions need to know of a case's way, and how each fact changes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal, assert_never

from pydantic import Field

from services.referral.custody import events
from services.referral.custody.events import Event
from services.referral.directory.state import Organisation
from shared.codes import OrganisationKind, Purpose, ServiceType
from shared.trust.protected import classes_in


class Stage(StrEnum):
    PROPOSED = "proposed"
    SENT = "sent"
    ACCEPTED = "accepted"
    HANDED_OVER = "handed-over"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    STOPPED = "stopped"


class Response(StrEnum):
    """Where one receiver stands."""

    WAITING = "waiting"
    ACKNOWLEDGED = "acknowledged"
    DECLINED = "declined"
    EXPIRED = "expired"


@dataclass(frozen=True)
class Consent:
    """To one organisation, or to every one of a kind."""

    recipient: str | None
    valid_until: datetime
    purpose: Purpose
    recipient_class: OrganisationKind | None = None


@dataclass(frozen=True)
class Referral:
    """`escorts`: the operator who goes with the person, by the organisation that named them."""

    service: ServiceType
    consent: str
    sender: str
    responses: Mapping[str, Response]
    stage: Stage = Stage.PROPOSED
    accepted_by: str | None = None
    confirmed_by: tuple[str, ...] = ()
    answer_by: Mapping[str, datetime] = field(default_factory=dict)
    escorts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Unbegun:
    """No case was heard of yet. `directory`: the organisations that the command touches."""

    directory: Mapping[str, Organisation] = field(default_factory=dict)


@dataclass(frozen=True)
class Relay:
    """`withdrawn`: the consents taken back, those included that were not heard of before;
    `ended`: those whose time came to an end."""

    custodian: str
    consents: Mapping[str, Consent] = field(default_factory=dict)
    withdrawn: frozenset[str] = frozenset()
    ended: frozenset[str] = frozenset()
    referrals: Mapping[str, Referral] = field(default_factory=dict)
    directory: Mapping[str, Organisation] = field(default_factory=dict)
    sealed: frozenset[str] = frozenset()
    kind: Literal["known"] = "known"


@dataclass(frozen=True)
class Erased:
    """The person was erased; `erasures`: the requests that were answered."""

    erasures: frozenset[str] = frozenset()
    keys: int = 0
    directory: Mapping[str, Organisation] = field(default_factory=dict)
    kind: Literal["erased"] = "erased"


Custody = Unbegun | Relay | Erased
Shape = Annotated[Relay | Erased, Field(discriminator="kind")]


def evolve(custody: Custody, event: Event) -> Custody:
    if isinstance(event, events.KeysDestroyed):
        return _erased(custody, event)
    if isinstance(custody, Erased):
        return custody
    if isinstance(event, events.RelayBegun):
        return Relay(event.custodian)
    if isinstance(custody, Unbegun):
        return custody
    custody = replace(custody, sealed=custody.sealed | classes_in(event))
    match event:
        case events.ConsentNoted():
            noted = Consent(
                event.recipient, event.valid_until, event.purpose, event.recipient_class
            )
            return replace(custody, consents={**custody.consents, event.consent: noted})
        case events.ExpiryNoted():
            return replace(custody, ended=custody.ended | {event.consent})
        case events.WithdrawalNoted():
            return replace(custody, withdrawn=custody.withdrawn | {event.consent})
        case events.ReferralProposed():
            waiting = dict.fromkeys(event.receivers, Response.WAITING)
            proposed = Referral(event.service, event.consent, event.sender, waiting)
            return _with(custody, event.referral, proposed)
        case events.HandoverCompleted():
            unconfirmed = {
                name: replace(referral, confirmed_by=())
                for name, referral in custody.referrals.items()
            }
            # Whoever confirmed another handover did so when the person was elsewhere.
            moved = replace(custody, custodian=event.receiver, referrals=unconfirmed)
            return _with(moved, event.referral, _moved(custody.referrals[event.referral], event))
        case _:
            return _with(custody, event.referral, _moved(custody.referrals[event.referral], event))


OfReferral = (
    events.ReferralSent
    | events.ReferralAcknowledged
    | events.ReferralAccepted
    | events.ReferralDeclined
    | events.ReferralExpired
    | events.ReferralWithdrawn
    | events.ReferralStopped
    | events.HandoverConfirmed
    | events.HandoverCompleted
    | events.EscortNamed
    | events.AddressReleased
    | events.PlaceReturned
)


def _moved(referral: Referral, event: OfReferral) -> Referral:
    match event:
        case events.ReferralSent():
            answer_by = {asked.receiver: asked.answer_by for asked in event.asked}
            return replace(referral, stage=Stage.SENT, answer_by=answer_by)
        case events.ReferralAcknowledged():
            return _answered(referral, event.receiver, Response.ACKNOWLEDGED)
        case events.ReferralDeclined():
            return _answered(referral, event.receiver, Response.DECLINED)
        case events.ReferralExpired():
            return _answered(referral, event.receiver, Response.EXPIRED)
        case events.ReferralAccepted():
            return replace(referral, stage=Stage.ACCEPTED, accepted_by=event.receiver)
        case events.ReferralWithdrawn():
            return replace(referral, stage=Stage.WITHDRAWN)
        case events.ReferralStopped():
            return replace(referral, stage=Stage.STOPPED)
        case events.HandoverConfirmed():
            sides = (*referral.confirmed_by, event.organisation)
            return replace(referral, confirmed_by=sides)
        case events.HandoverCompleted():
            return replace(referral, stage=Stage.HANDED_OVER)
        case events.EscortNamed():
            escorts = {**referral.escorts, event.organisation: event.operator}
            return replace(referral, escorts=escorts)
        case events.AddressReleased():
            return referral
        case events.PlaceReturned():
            return replace(referral, stage=Stage.RETURNED)
        case _:
            assert_never(event)


def _erased(custody: Custody, event: events.KeysDestroyed) -> Erased:
    before = custody.erasures if isinstance(custody, Erased) else frozenset()
    answered = {event.erasure} if event.erasure else set()
    return Erased(before | answered, event.keys)


def _answered(referral: Referral, receiver: str, response: Response) -> Referral:
    return replace(referral, responses={**referral.responses, receiver: response})


def _with(relay: Relay, name: str, referral: Referral) -> Relay:
    return replace(relay, referrals={**relay.referrals, name: referral})


def with_directory(custody: Custody, directory: Mapping[str, Organisation]) -> Custody:
    """The case's way together with the organisations that the command touches, by stream."""
    return replace(custody, directory=directory)
