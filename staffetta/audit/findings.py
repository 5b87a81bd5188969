"""What comparing two logs found, and how it is told."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import ceil

from staffetta.audit.checks import Check
from staffetta.audit.consents import Said

AS_GIVEN, HEEDED = "consents noted as they were given", "withdrawals and narrowings heeded"
_AT_ONCE = timedelta(minutes=1)
_FEW = 10


@dataclass
class Findings:
    """The faults of what was `noted`, and of what was not `heeded`; and what is no fault and worth
    knowing: how many consents were compared, how many in part only (`older` forms), how many are
    `younger` than the other log or were `lost` there; which withdrawals were `slow` to be heard, or
    are `waiting` for it; how often something was shown `meanwhile`."""

    noted: list[str] = field(default_factory=list)
    heeded: list[str] = field(default_factory=list)
    compared: int = 0
    older: int = 0
    younger: int = 0
    lost: int = 0
    withdrawals: int = 0
    slowest: timedelta = timedelta(0)
    slow: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    meanwhile: int = 0

    def heard(self, recorded: datetime, noted: Said) -> None:
        """A withdrawal was; clocks that differ may tell it of the moment before."""
        took = max(noted.at - recorded, timedelta(0))
        self.withdrawals += 1
        self.slowest = max(took, self.slowest)
        if took > _AT_ONCE:
            told = f"recorded at {moment(recorded)} and heard at {moment(noted.at)}"
            self.slow.append(f"entry {noted.number} was {told}")

    def checks(self, service: str) -> Iterator[Check]:
        yield Check(service, AS_GIVEN, few(self.noted), "; ".join(self._of_noted()))
        yield Check(service, HEEDED, few(self.heeded), "; ".join(self._of_heeded()))

    def _of_noted(self) -> Iterator[str]:
        yield f"{self.compared} compared"
        if self.older:
            yield f"{self.older} in part only: an older version did not note categories or classes"
        if self.younger:
            yield f"{self.younger} could not be: younger than the log of identification"
        if self.lost:
            yield f"{self.lost} could not be: identification has lost what it had told"

    def _of_heeded(self) -> Iterator[str]:
        if self.withdrawals:
            slowest = timedelta(seconds=ceil(self.slowest.total_seconds()))
            yield f"withdrawals heard: {self.withdrawals}, each within {slowest}"
        yield from few(self.slow)
        if self.waiting:
            yield "not heard yet: " + ", ".join(few(self.waiting))
        if self.meanwhile:
            yield f"{self.meanwhile} shown before the end or narrowing of their consent was heard"


def few(told: Sequence[str]) -> list[str]:
    """The first ones, and how many there are besides."""
    more = [f"and {len(told) - _FEW} more"] if len(told) > _FEW else []
    return [*told[:_FEW], *more]


def moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
