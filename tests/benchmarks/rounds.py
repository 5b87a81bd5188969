"""Contenders in turns, so that a noisy minute falls on all of them alike."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from time import perf_counter


@dataclass(frozen=True)
class Effort:
    """How long to measure: so many rounds of so many operations; and so many events."""

    rounds: int
    each: int
    events: int


QUICK = Effort(3, 150, 10_000)
FULL = Effort(7, 600, 100_000)


@dataclass(frozen=True)
class Contender:
    """`run(n)` does the same thing n times."""

    name: str
    run: Callable[[int], None]


@dataclass(frozen=True)
class Spread:
    """The median of what several rounds gave, with the lowest and the highest."""

    values: Sequence[float]

    @property
    def median(self) -> float:
        return median(self.values)

    def text(self, form: str = ".2f") -> str:
        low, high = min(self.values), max(self.values)
        return f"{self.median:{form}} ({low:{form}} to {high:{form}})"


def compete(contenders: Sequence[Contender], effort: Effort) -> dict[str, Spread]:
    """Operations per second of each, a value for each round. The first round is not counted."""
    rates: dict[str, list[float]] = {contender.name: [] for contender in contenders}
    for number in range(effort.rounds + 1):
        turn = number % len(contenders)
        for contender in (*contenders[turn:], *contenders[:turn]):
            seconds = timed(lambda run=contender.run: run(effort.each))  # type: ignore[misc]  # mypy cannot see the default's type
            if number:
                rates[contender.name].append(effort.each / seconds)
    return {name: Spread(values) for name, values in rates.items()}


def ratio(rates: dict[str, Spread], name: str, to: str) -> Spread:
    """Round by round, because both met the same noise there."""
    pairs = zip(rates[name].values, rates[to].values, strict=True)
    return Spread([one / other for one, other in pairs])


def timed(work: Callable[[], object]) -> float:
    """Seconds."""
    started = perf_counter()
    work()
    return perf_counter() - started
