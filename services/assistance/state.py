"""What decisions need to know of a case's programmes, and how each fact changes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Annotated, Any, Literal, assert_never

from pydantic import Field

from services.assistance import events
from services.assistance.events import Event
from services.assistance.network.state import Organisation
from services.assistance.notes.events import NotesDisclosed, OfNotes
from shared.codes import ClosureKind, DataCategory, OrganisationKind, Purpose, ServiceType
from shared.trust.protected import classes_in


@dataclass(frozen=True)
class Programme:
    """`planned`: the services of the plan agreed last; none until one is agreed. `flagged`: its
    consent's date has passed, and the person was not asked again yet."""

    organisation: str
    consent: str
    planned: tuple[ServiceType, ...] = ()
    stopped: bool = False
    flagged: bool = False
    closure: ClosureKind | None = None


@dataclass(frozen=True)
class Consent:
    """`recipient` is None where it names a class of organisations; `categories` are unknown (none)
    of those heard of before they were noted, and so is `recipient_class` (None)."""

    recipient: str | None
    purpose: Purpose
    valid_until: datetime
    categories: tuple[DataCategory, ...] = ()
    recipient_class: OrganisationKind | None = None


@dataclass(frozen=True)
class Case:
    """Programmes by the referral that led to each; `withdrawn`: the consents taken back; `ended`:
    those whose time came to an end; `consents`: those heard of.

    Withdrawals and handovers come from different senders, in any order: a withdrawal is
    remembered here for the handover that may still come. `sealed`: the classes of data of which
    there is something sealed; `readers`: who was shown notes, by consent; `network`: what the
    command needs to know of it, by stream.
    """

    programmes: Mapping[str, Programme] = field(default_factory=dict)
    withdrawn: frozenset[str] = frozenset()
    ended: frozenset[str] = frozenset()
    consents: Mapping[str, Consent] = field(default_factory=dict)
    sealed: frozenset[str] = frozenset()
    readers: Mapping[str, frozenset[str]] = field(default_factory=dict)
    network: Mapping[str, Organisation] = field(default_factory=dict)
    kind: Literal["known"] = "known"

    @property
    def run_by(self) -> frozenset[str]:
        """The organisations that run, or ran, a programme of this case."""
        return frozenset(programme.organisation for programme in self.programmes.values())


@dataclass(frozen=True)
class Erased:
    """The person was erased; `erasures`: the requests that were answered."""

    erasures: frozenset[str] = frozenset()
    keys: int = 0
    kind: Literal["erased"] = "erased"


Known = Case | Erased
Shape = Annotated[Known, Field(discriminator="kind")]


def evolve(known: Known, event: Event) -> Known:
    if isinstance(event, events.KeysDestroyed):
        return _erased(known, event)
    if isinstance(known, Erased):
        return known
    case = replace(known, sealed=known.sealed | classes_in(event))
    if isinstance(event, OfNotes):
        return _shown(case, event)
    match event:
        case events.ProgrammeOpened():
            return _with(case, event.referral, Programme(event.organisation, event.consent))
        case events.WithdrawalNoted():
            return replace(case, withdrawn=case.withdrawn | {event.consent})
        case events.ExpiryNoted():
            return replace(case, ended=case.ended | {event.consent})
        case events.ConsentNoted():
            return replace(case, consents={**case.consents, event.consent: consent_of(event)})
        case events.ServiceDelivered():
            return case
        case _:
            return _with(case, event.referral, _moved(case.programmes[event.referral], event))


def consent_of(noted: events.ConsentNoted) -> Consent:
    """A consent as it stands once this was noted."""
    return Consent(
        noted.recipient,
        noted.purpose,
        noted.valid_until,
        noted.categories,
        noted.recipient_class,
    )


def with_network(known: Known, others: Mapping[str, Any]) -> Known:
    """A case together with what a disclosure needs to know of the network."""
    return replace(known, network=dict(others)) if isinstance(known, Case) else known


OfProgramme = (
    events.PlanAgreed
    | events.ProgrammeStopped
    | events.ProgrammeFlagged
    | events.ProgrammeRenewed
    | events.ProgrammeClosed
)


def _moved(programme: Programme, event: OfProgramme) -> Programme:
    match event:
        case events.PlanAgreed():
            return replace(programme, planned=event.services)
        case events.ProgrammeStopped():
            return replace(programme, stopped=True)
        case events.ProgrammeFlagged():
            return replace(programme, flagged=True)
        case events.ProgrammeRenewed():
            return replace(programme, consent=event.consent, flagged=False)
        case events.ProgrammeClosed():
            return replace(programme, closure=event.closure)
        case _:
            assert_never(event)


def _shown(case: Case, event: OfNotes) -> Case:
    if not isinstance(event, NotesDisclosed):
        return case
    readers = case.readers.get(event.consent, frozenset()) | {event.recipient}
    return replace(case, readers={**case.readers, event.consent: readers})


def _erased(known: Known, event: events.KeysDestroyed) -> Erased:
    before = known.erasures if isinstance(known, Erased) else frozenset()
    answered = {event.erasure} if event.erasure else set()
    return Erased(before | answered, event.keys)


def _with(case: Case, referral: str, programme: Programme) -> Case:
    return replace(case, programmes={**case.programmes, referral: programme})
