"""What decisions need to know of a case's programmes, and how each fact changes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import assert_never

from services.assistance import events
from services.assistance.events import Event
from shared.codes import ClosureKind, ServiceType


@dataclass(frozen=True)
class Programme:
    """`planned`: the services of the plan agreed last; none until one is agreed."""

    organisation: str
    consent: str
    planned: tuple[ServiceType, ...] = ()
    stopped: bool = False
    closure: ClosureKind | None = None


@dataclass(frozen=True)
class Case:
    """Programmes by the referral that led to each; `withdrawn`: the consents taken back.

    Withdrawals and handovers come from different senders, in any order: a withdrawal is
    remembered here for the handover that may still come.
    """

    programmes: Mapping[str, Programme] = field(default_factory=dict)
    withdrawn: frozenset[str] = frozenset()

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
        case events.PlanAgreed():
            programme = replace(case.programmes[event.referral], planned=event.services)
            return _with(case, event.referral, programme)
        case events.ProgrammeStopped():
            programme = replace(case.programmes[event.referral], stopped=True)
            return _with(case, event.referral, programme)
        case events.ProgrammeClosed():
            programme = replace(case.programmes[event.referral], closure=event.closure)
            return _with(case, event.referral, programme)
        case events.ServiceDelivered():
            return case
        case _:
            assert_never(event)


def _with(case: Case, referral: str, programme: Programme) -> Case:
    return replace(case, programmes={**case.programmes, referral: programme})
