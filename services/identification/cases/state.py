"""What decisions need to know of a case, and how each fact changes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Annotated, Any, Literal, assert_never

from pydantic import Field

from services.identification.cases import erasure_state, events
from services.identification.cases.emergency import events as emergency_events
from services.identification.cases.emergency import state as emergency
from services.identification.cases.erasure_state import Erasing, Held
from services.identification.cases.events import Event
from services.identification.cases.own_view.events import OwnViewShown
from services.identification.contacts.state import Contact
from services.identification.duplicates import state as duplicates_state
from services.identification.duplicates.events import CandidateJudged, DuplicatesSought
from services.identification.duplicates.state import Duplicates, Matching, Searches
from services.identification.network.state import Known
from services.identification.receipts.events import ReceiptIssued
from services.identification.retention.state import Retention
from shared.codes import ConsentEnd, DataCategory, OrganisationKind, Purpose


@dataclass(frozen=True)
class Consent:
    """Its scope as it stands. `read`: which categories each organisation was shown under it;
    `receipt`: the verifier of the receipt that was issued last."""

    recipient: str | None
    purpose: Purpose
    categories: tuple[DataCategory, ...]
    valid_until: datetime
    withdrawn: bool = False
    acknowledged: tuple[tuple[str, str], ...] = ()
    recipient_class: OrganisationKind | None = None
    expired: bool = False
    read: Mapping[str, tuple[DataCategory, ...]] = field(default_factory=dict)
    receipt: str | None = None


@dataclass(frozen=True)
class Asked:
    """One organisation, to say what it did about one end of one consent."""

    consent: str
    organisation: str
    end: ConsentEnd
    answered: bool = False


@dataclass(frozen=True)
class Unopened:
    """No case yet. `contacts`: those beside it that the command names."""

    contacts: Mapping[str, Contact] = field(default_factory=dict)


@dataclass(frozen=True)
class Open:
    """`leaflets`: with which version the person was informed last, by language. `asked`: who is to
    acknowledge which end of a consent, and whether they did, by `asked_key`. `alarms`: the open
    ones, as (kind, about). `network`: what the command needs to know of it, by stream. `closed`:
    the organisations whose programme has ended, and who have not had the person since."""

    id: str
    custodian: str
    leaflets: Mapping[str, str] = field(default_factory=dict)
    consents: Mapping[str, Consent] = field(default_factory=dict)
    status: str | None = None
    contacts: Mapping[str, Contact] = field(default_factory=dict)
    asked: Mapping[str, Asked] = field(default_factory=dict)
    alarms: frozenset[tuple[str, str]] = frozenset()
    network: Mapping[str, Known] = field(default_factory=dict)
    closed: frozenset[str] = frozenset()
    held: Held = field(default_factory=Held)
    emergencies: Mapping[str, emergency.Emergency] = field(default_factory=dict)
    retention: Retention = field(default_factory=Retention)
    duplicates: Duplicates = field(default_factory=Duplicates)
    searches: Searches = field(default_factory=Searches)
    matching: Matching = field(default_factory=Matching)
    kind: Literal["open"] = "open"


Case = Unopened | Open | Erasing
Shape = Annotated[Open | Erasing, Field(discriminator="kind")]


def evolve(case: Case, event: Event) -> Case:
    if isinstance(event, events.CaseOpened):
        return Open(event.case, event.organisation, held=erasure_state.held(Held(), event))
    if isinstance(case, Unopened):
        return case
    if isinstance(case, Erasing):
        return erasure_state.evolve(case, event)
    if isinstance(event, events.ErasureRequested):
        return erasure_state.erasing(case.held, event)
    case = replace(case, held=erasure_state.held(case.held, event))
    if isinstance(event, emergency_events.OfEmergency):
        return replace(case, emergencies=emergency.evolve(case.emergencies, event))
    match event:
        case events.InformationGiven():
            return replace(case, leaflets={**case.leaflets, event.language: event.leaflet})
        case events.StatusDetermined():
            return replace(case, status=event.status)
        case events.CustodyMoved():
            closed = case.closed - {event.custodian}
            return replace(case, custodian=event.custodian, closed=closed)
        case events.ProgrammeClosureHeard():
            return replace(case, closed=case.closed | {event.organisation})
        case DuplicatesSought() | CandidateJudged():
            known = duplicates_state.evolve(case.duplicates, event)
            return replace(case, duplicates=known)
        case (
            events.ContactAdded()
            | events.ConsentRefused()
            | events.IdentityRecorded()
            | OwnViewShown()
            | events.KeysDestroyed()
            | events.ErasureAttested()
            | events.ErasureOverdue()
            | events.ErasureCompleted()
        ):
            return case
        case events.AlarmRaised():
            return replace(case, alarms=case.alarms | {(event.kind.value, event.about)})
        case events.AlarmSettled():
            return replace(case, alarms=case.alarms - {(event.kind.value, event.about)})
        case events.AcknowledgementAsked() | events.HolderAcknowledged():
            return replace(case, asked=_asked(case.asked, event))
        case _:
            return replace(case, consents=consents_after(case.consents, event))


def _asked(
    known: Mapping[str, Asked], event: events.AcknowledgementAsked | events.HolderAcknowledged
) -> Mapping[str, Asked]:
    answered = isinstance(event, events.HolderAcknowledged)
    asked = Asked(event.consent, event.organisation, event.end, answered)
    return {**known, asked_key(event.consent, event.organisation, event.end): asked}


def asked_key(consent: str, organisation: str, end: ConsentEnd) -> str:
    return f"{consent}/{organisation}/{end}"


OfConsent = (
    events.ConsentGiven
    | events.ConsentNarrowed
    | events.ConsentExpired
    | events.ConsentWithdrawn
    | events.WithdrawalAcknowledged
    | events.DossierDisclosed
    | ReceiptIssued
)


def consents_after(known: Mapping[str, Consent], event: OfConsent) -> Mapping[str, Consent]:
    """The consents of a case after one more fact about them."""
    if isinstance(event, events.ConsentGiven):
        given = Consent(
            event.recipient,
            event.purpose,
            event.categories,
            event.valid_until,
            recipient_class=event.recipient_class,
        )
        return {**known, event.consent: given}
    return {**known, event.consent: _changed(known[event.consent], event)}


def _changed(
    consent: Consent,
    event: events.ConsentNarrowed
    | events.ConsentExpired
    | events.ConsentWithdrawn
    | events.WithdrawalAcknowledged
    | events.DossierDisclosed
    | ReceiptIssued,
) -> Consent:
    match event:
        case events.ConsentNarrowed():
            return replace(consent, **event.model_dump(exclude={"consent"}))
        case events.ConsentExpired():
            return replace(consent, expired=True)
        case events.ConsentWithdrawn():
            return replace(consent, withdrawn=True)
        case events.WithdrawalAcknowledged():
            done = (*consent.acknowledged, (event.holder, event.did.value))
            return replace(consent, acknowledged=done)
        case events.DossierDisclosed():
            seen = {*consent.read.get(event.recipient, ()), *event.categories}
            return replace(consent, read={**consent.read, event.recipient: tuple(sorted(seen))})
        case ReceiptIssued():
            return replace(consent, receipt=event.verifier)
        case _:
            assert_never(event)


_WOVEN = {Retention: "retention", Searches: "searches", Matching: "matching"}


def with_others(case: Case, others: Mapping[str, Any]) -> Case:
    """The case together with the contacts that the command names, and with what the network set
    and the operator did elsewhere."""
    apart = {Known, *_WOVEN}
    contacts = {name: other for name, other in others.items() if type(other) not in apart}
    woven = {_WOVEN[type(each)]: each for each in others.values() if type(each) in _WOVEN}
    if isinstance(case, Open):
        case = with_network(case, others)
    if isinstance(case, Unopened):
        return replace(case, contacts=contacts)
    return replace(case, contacts=contacts, **woven)


def with_network(case: Open, others: Mapping[str, Any]) -> Open:
    """An open case together with what a disclosure needs to know of the network."""
    network = {stream: other for stream, other in others.items() if isinstance(other, Known)}
    return replace(case, network=network)
