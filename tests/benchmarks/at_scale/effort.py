"""How long to measure."""

from dataclasses import dataclass

PER_SECOND = 50
"""Commands, where latency is measured: some 4 million a day."""


@dataclass(frozen=True)
class Effort:
    """Rounds of so many seconds; `backlog`: rows to be relayed; `messages`: to be applied in a
    round; `sizes`: events in the stores."""

    rounds: int
    seconds: int
    backlog: int
    messages: int
    sizes: tuple[int, ...]


QUICK = Effort(3, 5, 30_000, 4_000, (10_000, 30_000))
FULL = Effort(5, 10, 100_000, 10_000, (10_000, 100_000, 1_000_000))
