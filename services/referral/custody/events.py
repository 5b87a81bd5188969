"""What happened on a case's way. Stored names are for ever; a new meaning gets a new version."""

from datetime import datetime
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from shared.codes import DeclineReason, OrganisationKind, Purpose, ServiceType
from shared.contracts.acknowledgement import Acknowledgement
from shared.runtime.facts import Fact


class RelayBegun(Fact):
    """The organisation that opened the case is its first custodian."""

    stored_name: ClassVar[str] = "relay.begun.v1"
    custodian: str


class ConsentNoted(Fact):
    """A consent was heard of; or what remains of it, where it was narrowed."""

    stored_name: ClassVar[str] = "relay.consent-noted.v1"
    consent: str
    recipient: str | None
    purpose: Purpose
    valid_until: datetime
    recipient_class: OrganisationKind | None = None


class ExpiryNoted(Fact):
    """The consent's time has come to an end."""

    stored_name: ClassVar[str] = "relay.expiry-noted.v1"
    consent: str


class WithdrawalNoted(Fact):
    """The consent ended; `did` is what had to be done about it here. `organisations` were asked to
    take the person under it."""

    stored_name: ClassVar[str] = "relay.withdrawal-noted.v1"
    consent: str
    did: Acknowledgement
    organisations: tuple[str, ...] = ()


class ReferralProposed(Fact):
    stored_name: ClassVar[str] = "referral.proposed.v1"
    referral: str
    service: ServiceType
    consent: str
    sender: str
    receivers: tuple[str, ...]


class Asked(BaseModel):
    """One receiver of a referral, and the moment by which it answers."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
    receiver: str
    answer_by: datetime


class ReferralSent(Fact):
    stored_name: ClassVar[str] = "referral.sent.v1"
    referral: str
    asked: tuple[Asked, ...]


class ReferralAcknowledged(Fact):
    stored_name: ClassVar[str] = "referral.acknowledged.v1"
    referral: str
    receiver: str


class ReferralAccepted(Fact):
    stored_name: ClassVar[str] = "referral.accepted.v1"
    referral: str
    receiver: str


class ReferralDeclined(Fact):
    stored_name: ClassVar[str] = "referral.declined.v1"
    referral: str
    receiver: str
    reason: DeclineReason


class ReferralExpired(Fact):
    """This receiver did not answer in time."""

    stored_name: ClassVar[str] = "referral.expired.v1"
    referral: str
    receiver: str


class ReferralWithdrawn(Fact):
    stored_name: ClassVar[str] = "referral.withdrawn.v1"
    referral: str


class ReferralStopped(Fact):
    """It stopped by itself: the consent that it rests on was withdrawn, or ended."""

    stored_name: ClassVar[str] = "referral.stopped.v1"
    referral: str
    consent: str


class HandoverConfirmed(Fact):
    stored_name: ClassVar[str] = "referral.handover-confirmed.v1"
    referral: str
    organisation: str


class HandoverCompleted(Fact):
    """Both sides confirmed: custody moves to the receiver."""

    stored_name: ClassVar[str] = "referral.handover-completed.v1"
    referral: str
    consent: str
    service: ServiceType
    sender: str
    receiver: str


class EscortNamed(Fact):
    """This operator goes with the person, for one of the two sides."""

    stored_name: ClassVar[str] = "referral.escort-named.v1"
    referral: str
    organisation: str
    operator: str


class AddressReleased(Fact):
    """This operator was told where `shelter` is; the address itself stands in its own stream."""

    stored_name: ClassVar[str] = "referral.address-released.v1"
    referral: str
    release: str
    consent: str
    shelter: str
    organisation: str
    operator: str


class PlaceReturned(Fact):
    """The programme closed: the place that the referral had taken is free again."""

    stored_name: ClassVar[str] = "referral.place-returned.v1"
    referral: str


class KeysDestroyed(Fact):
    """Nothing of the person opens here any more. `streams`: those whose keys are destroyed; `keys`:
    under how many something had been sealed; `erasure`: the request, or none where a restore had
    forgotten the destruction and it was done again before the request was heard."""

    stored_name: ClassVar[str] = "erasure.keys-destroyed.v1"
    erasure: str | None
    streams: tuple[str, ...]
    keys: int


Event = (
    RelayBegun
    | ConsentNoted
    | ExpiryNoted
    | WithdrawalNoted
    | ReferralProposed
    | ReferralSent
    | ReferralAcknowledged
    | ReferralAccepted
    | ReferralDeclined
    | ReferralExpired
    | ReferralWithdrawn
    | ReferralStopped
    | HandoverConfirmed
    | HandoverCompleted
    | EscortNamed
    | AddressReleased
    | PlaceReturned
    | KeysDestroyed
)
EVENTS: tuple[type[Fact], ...] = Event.__args__
