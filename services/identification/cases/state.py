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
from services.identification.contacts.state import Contact
from services.identification.retention.state import Retention
from shared.codes import DataCategory, Purpose


@dataclass(frozen=True)
class Consent:
    recipient: str
    purpose: Purpose
    categories: tuple[DataCategory, ...]
    valid_until: datetime
    withdrawn: bool = False
    acknowledged: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Unopened:
    """No case yet. `contacts`: those beside it that the command names."""

    contacts: Mapping[str, Contact] = field(default_factory=dict)


@dataclass(frozen=True)
class Open:
    """`languages`: those in which the person was informed, with the last one last."""

    id: str
    custodian: str
    languages: tuple[str, ...] = ()
    consents: Mapping[str, Consent] = field(default_factory=dict)
    status: str | None = None
    contacts: Mapping[str, Contact] = field(default_factory=dict)
    held: Held = field(default_factory=Held)
    emergencies: Mapping[str, emergency.Emergency] = field(default_factory=dict)
    retention: Retention = field(default_factory=Retention)
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
            return replace(case, languages=(*case.languages, event.language))
        case events.ConsentGiven() | events.ConsentWithdrawn() | events.WithdrawalAcknowledged():
            return replace(case, consents=_consents(case.consents, event))
        case events.StatusDetermined():
            return replace(case, status=event.status)
        case events.CustodyMoved():
            return replace(case, custodian=event.custodian)
        case (
            events.ContactAdded()
            | events.ConsentRefused()
            | events.IdentityRecorded()
            | events.DossierDisclosed()
            | events.ProgrammeClosureHeard()
            | events.KeysDestroyed()
            | events.ErasureAttested()
            | events.ErasureOverdue()
            | events.ErasureCompleted()
        ):
            return case
        case _:
            assert_never(event)


def _consents(
    known: Mapping[str, Consent],
    event: events.ConsentGiven | events.ConsentWithdrawn | events.WithdrawalAcknowledged,
) -> Mapping[str, Consent]:
    match event:
        case events.ConsentGiven():
            given = Consent(event.recipient, event.purpose, event.categories, event.valid_until)
            return {**known, event.consent: given}
        case events.ConsentWithdrawn():
            return {**known, event.consent: replace(known[event.consent], withdrawn=True)}
        case events.WithdrawalAcknowledged():
            consent = known[event.consent]
            done = (*consent.acknowledged, (event.holder, event.did.value))
            return {**known, event.consent: replace(consent, acknowledged=done)}
        case _:
            assert_never(event)


def with_contacts(case: Case, others: Mapping[str, Any]) -> Case:
    """The case together with the contacts that the command names, and the retention rules."""
    rules = [other for other in others.values() if isinstance(other, Retention)]
    contacts = {name: other for name, other in others.items() if other not in rules}
    if not rules or isinstance(case, Unopened):
        return replace(case, contacts=contacts)
    return replace(case, contacts=contacts, retention=rules[0])
