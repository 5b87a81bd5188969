"""What decisions need to know of a case, and how each fact changes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import assert_never

from services.identification.cases import events
from services.identification.cases.events import Event
from services.identification.contacts.state import Contact
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


Case = Unopened | Open


def evolve(case: Case, event: Event) -> Case:
    if isinstance(event, events.CaseOpened):
        return Open(event.case, event.organisation)
    if isinstance(case, Unopened):
        return case
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


def with_contacts(case: Case, contacts: Mapping[str, Contact]) -> Case:
    """The case together with the contacts that the command names."""
    return replace(case, contacts=contacts)
