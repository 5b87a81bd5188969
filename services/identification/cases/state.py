"""What decisions need to know of a case, and how each fact changes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Literal, assert_never

from pydantic import Field

from services.identification.cases import erasure_state, events
from services.identification.cases.consent_state import (
    Asked,
    Consent,
    OfAcknowledgement,
    OfConsent,
    asked_after,
    consents_after,
)
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
from services.identification.retention.state import Retention


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


# Facts that no decision about an open case asks for.
_Aside = (
    events.ContactAdded
    | events.ConsentRefused
    | events.IdentityRecorded
    | OwnViewShown
    | events.KeysDestroyed
    | events.ErasureAttested
    | events.ErasureOverdue
    | events.ErasureCompleted
)


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
    if isinstance(event, OfConsent):
        return replace(case, consents=consents_after(case.consents, event))
    if isinstance(event, OfAcknowledgement):
        return replace(case, asked=asked_after(case.asked, event))
    if isinstance(event, emergency_events.OfEmergency):
        return replace(case, emergencies=emergency.evolve(case.emergencies, event))
    if isinstance(event, DuplicatesSought | CandidateJudged):
        return replace(case, duplicates=duplicates_state.evolve(case.duplicates, event))
    return case if isinstance(event, _Aside) else _itself_after(case, event)


def _itself_after(
    case: Open,
    event: events.InformationGiven
    | events.StatusDetermined
    | events.CustodyMoved
    | events.ProgrammeClosureHeard
    | events.AlarmRaised
    | events.AlarmSettled,
) -> Open:
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
        case events.AlarmRaised():
            return replace(case, alarms=case.alarms | {(event.kind.value, event.about)})
        case events.AlarmSettled():
            return replace(case, alarms=case.alarms - {(event.kind.value, event.about)})
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
