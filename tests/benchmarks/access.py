"""An access decision: the policies asked, as commands ask them, about facts that always differ."""

import time
from collections.abc import Iterator
from pathlib import Path

from shared.codes import Role
from shared.trust.access import Asking, Policies, Thing
from shared.trust.policies import shipped
from tests.benchmarks.figures import Figure
from tests.benchmarks.rounds import QUICK, Effort

AIM_MS = 1.0
_THOUSANDS = {True: 4, False: 20}
_ONE = frozenset({Role.CASE_MANAGER})
_TWO = frozenset({Role.PROVIDER_INTAKE, Role.CASE_MANAGER})
# A referral goes to one or a few; a search in the whole network asks every shelter that it has.
_ASKED = ((_ONE, 2, "one role"), (_TWO, 2, "two roles"), (_TWO, 60, "two roles, 60 receivers"))


def access(_kind: str, _directory: Path, effort: Effort) -> Iterator[Figure]:
    """Milliseconds at the median and at the 99th percentile: by the clock, and of the processor's
    time alone, which other work on the machine does not lengthen."""
    policies = shipped()
    for roles, receivers, who in _ASKED:
        clock, own = _asked(policies, roles, receivers, _THOUSANDS[effort is QUICK] * 1_000)
        for what, taken in (("by the clock", clock), ("processor's time", own)):
            median, late = taken[len(taken) // 2], taken[len(taken) * 99 // 100]
            measured = f"{median:.3f} ms, 99 %: {late:.3f} ms"
            aim = f"99 % under {AIM_MS:.0f} ms"
            yield Figure(f"access: {who}, {what}", "-", measured, aim, late < AIM_MS)


def _asked(
    policies: Policies, roles: frozenset[str], receivers: int, times: int
) -> tuple[list[float], list[float]]:
    """What each took in milliseconds, in order of length."""
    clock, own = list[float](), list[float]()
    for number in range(times):
        asking, action, thing = _question(number, roles, receivers)
        began, spent = time.perf_counter(), time.thread_time()
        permitted = policies.permit(asking, action, thing)
        own.append((time.thread_time() - spent) * 1_000)
        clock.append((time.perf_counter() - began) * 1_000)
        assert permitted is (number % 2 == 0)
    return sorted(clock), sorted(own)


def _question(number: int, roles: frozenset[str], receivers: int) -> tuple[Asking, str, Thing]:
    """Every second one is refused; the organisations are others each time."""
    ours, theirs = f"organisation-{number}", f"organisation-{number + 1}"
    whose = ours if number % 2 == 0 else theirs
    asking = Asking(f"op-{number}", ours, roles)
    if number % 3 or Role.PROVIDER_INTAKE not in roles:
        return asking, "RecordIdentity", Thing("Case", {"custodian": whose})
    others = [f"shelter-{each}" for each in range(receivers - 1)]
    facts = {"sender": f"organisation-{number + 2}", "receivers": (*others, whose), "acceptors": ()}
    return asking, "AcceptReferral", Thing("Referral", facts)
