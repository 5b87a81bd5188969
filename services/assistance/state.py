"""What decisions need to know of a case's programmes, and how each fact changes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Literal, assert_never

from pydantic import Field

from services.assistance import events
from services.assistance.events import Event
from shared.codes import ClosureKind, ServiceType
from shared.trust.protected import classes_in


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
    remembered here for the handover that may still come. `sealed`: the classes of data of which
    there is something sealed.
    """

    programmes: Mapping[str, Programme] = field(default_factory=dict)
    withdrawn: frozenset[str] = frozenset()
    sealed: frozenset[str] = frozenset()
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


def _erased(known: Known, event: events.KeysDestroyed) -> Erased:
    before = known.erasures if isinstance(known, Erased) else frozenset()
    answered = {event.erasure} if event.erasure else set()
    return Erased(before | answered, event.keys)


def _with(case: Case, referral: str, programme: Programme) -> Case:
    return replace(case, programmes={**case.programmes, referral: programme})
