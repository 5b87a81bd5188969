"""What decisions need to know of a case's programmes, and how each fact changes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import assert_never

from services.assistance import events
from services.assistance.events import Event
from shared.codes import ClosureKind, Purpose, ServiceType


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
    """`recipient` is None where it names a class of organisations."""

    recipient: str | None
    purpose: Purpose
    valid_until: datetime


@dataclass(frozen=True)
class Case:
    """Programmes by the referral that led to each; `withdrawn`: the consents taken back; `ended`:
    those whose time came to an end; `consents`: those heard of.

    Withdrawals and handovers come from different senders, in any order: a withdrawal is
    remembered here for the handover that may still come.
    """

    programmes: Mapping[str, Programme] = field(default_factory=dict)
    withdrawn: frozenset[str] = frozenset()
    ended: frozenset[str] = frozenset()
    consents: Mapping[str, Consent] = field(default_factory=dict)

    @property
    def run_by(self) -> frozenset[str]:
        """The organisations that run, or ran, a programme of this case."""
        return frozenset(programme.organisation for programme in self.programmes.values())


def evolve(case: Case, event: Event) -> Case:
    match event:
        case events.ProgrammeOpened():
            return _with(case, event.referral, Programme(event.organisation, event.consent))
        case events.WithdrawalNoted():
            return replace(case, withdrawn=case.withdrawn | {event.consent})
        case events.ExpiryNoted():
            return replace(case, ended=case.ended | {event.consent})
        case events.ConsentNoted():
            noted = Consent(event.recipient, event.purpose, event.valid_until)
            return replace(case, consents={**case.consents, event.consent: noted})
        case events.ServiceDelivered():
            return case
        case _:
            return _with(case, event.referral, _moved(case.programmes[event.referral], event))


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


def _with(case: Case, referral: str, programme: Programme) -> Case:
    return replace(case, programmes={**case.programmes, referral: programme})
