"""An access decision: the policies asked, as commands ask them, about facts that always differ."""

import time
from collections.abc import Iterator
from pathlib import Path

from shared.codes import Role
from shared.trust.access import Asking, Thing
from shared.trust.policies import shipped
from tests.benchmarks.figures import Figure
from tests.benchmarks.rounds import QUICK, Effort

AIM_MS = 1.0
_THOUSANDS = {True: 4, False: 40}


def access(_kind: str, _directory: Path, effort: Effort) -> Iterator[Figure]:
    """Milliseconds at the median and at the 99th percentile: by the clock, and of the processor's
    time alone, which other work on the machine does not lengthen."""
    policies, clock, own = shipped(), list[float](), list[float]()
    for number in range(_THOUSANDS[effort is QUICK] * 1_000):
        asking, action, thing = _question(number)
        began, spent = time.perf_counter(), time.thread_time()
        permitted = policies.permit(asking, action, thing)
        own.append((time.thread_time() - spent) * 1_000)
        clock.append((time.perf_counter() - began) * 1_000)
        assert permitted is (number % 2 == 0)
    for what, taken in (("by the clock", clock), ("processor's time", own)):
        taken.sort()
        median, late = taken[len(taken) // 2], taken[len(taken) * 99 // 100]
        measured = f"{median:.3f} ms, 99 %: {late:.3f} ms"
        aim = f"99 % under {AIM_MS:.0f} ms"
        yield Figure(f"access: a decision, {what}", "-", measured, aim, late < AIM_MS)


def _question(number: int) -> tuple[Asking, str, Thing]:
    """Every second one is refused; the organisations are others each time."""
    ours, theirs = f"organisation-{number}", f"organisation-{number + 1}"
    whose = ours if number % 2 == 0 else theirs
    asking = Asking(f"op-{number}", ours, frozenset({Role.PROVIDER_INTAKE, Role.CASE_MANAGER}))
    if number % 3:
        return asking, "RecordIdentity", Thing("Case", {"custodian": whose})
    facts = {"sender": f"organisation-{number + 2}", "receivers": (whose, "x"), "acceptors": ()}
    return asking, "AcceptReferral", Thing("Referral", facts)
