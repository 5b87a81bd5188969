"""One measured thing at one size of the stores, and how it holds as they grow."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from tests.benchmarks.figures import Figure
from tests.benchmarks.rounds import Spread

FLAT_WITHIN = 0.2
RELAY_MEMORY = 120
"""Megabytes of 1,000,000 bytes."""


@dataclass(frozen=True)
class Measured:
    """`below` or `least`: the aim. `steady`: it is to stay the same however much is stored."""

    what: str
    spread: Spread
    unit: str
    form: str = ".1f"
    below: float | None = None
    least: float | None = None
    steady: bool = True

    @property
    def more_is_better(self) -> bool:
        return self.unit in {"/s", ""}  # a rate, or a part of one; else a time or memory

    def figure(self, size: str) -> Figure:
        aim, met = "", None
        if self.below is not None:
            aim, met = f"below {self.below:g} {self.unit}", self.spread.median < self.below
        if self.least is not None:
            aim, met = f"at least {self.least:g}", self.spread.median >= self.least
        return Figure(self.what, size, f"{self.spread.text(self.form)} {self.unit}", aim, met)


def growth(by_size: Mapping[str, Iterable[Measured]]) -> Iterator[Figure]:
    """Each steady figure at each size, as a part of itself at the smallest. One that is better
    with more in the stores tells of the machine, and is no fault of theirs."""
    (_smallest, first), *larger = by_size.items()
    start = {measured.what: measured for measured in first if measured.steady}
    for size, found in larger:
        for measured in found:
            if measured.what not in start:
                continue
            part = measured.spread.median / start[measured.what].spread.median
            least, most = 1 - FLAT_WITHIN, 1 + FLAT_WITHIN
            aim = f"at least {least:g}" if measured.more_is_better else f"at most {most:g}"
            met = part >= least if measured.more_is_better else part <= most
            yield Figure(f"growth: {measured.what}", size, f"{part:.2f}", aim, met)
