"""What is counted where it happens. Labels are names out of the code: never an id, never input."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from prometheus_client import Counter, Histogram

# A command's name, and the rule that refused it.
Outcome = tuple[str, str | None]
COMMANDS = Counter(
    "staffetta_commands",
    "Commands handled, whoever put them. outcome: done, repeated (known by its key) or refused.",
    ["service", "command", "outcome"],
)
REFUSALS = Counter("staffetta_refusals", "Refusals, by the rule that said no.", ["service", "rule"])
STRANGERS = Counter("staffetta_strangers", "Requests without a valid token.", ["service"])
APPENDS = Histogram(
    "staffetta_append_seconds",
    "How long an append transaction took, conflicts included.",
    ["service"],
    buckets=(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
GAPS = Counter(
    "staffetta_gaps_healed",
    "Gaps in a sender's lane that were noticed and filled from its outbox.",
    ["service", "sender", "topic"],
)
FETCHED = Counter(
    "staffetta_messages_fetched",
    "Messages that came from the sender's outbox because the log had not brought them.",
    ["service", "sender", "topic"],
)


def count(service: str, outcomes: Iterable[Outcome]) -> None:
    """Count what one append has made true: commands done, and refusals kept."""
    for command, rule in outcomes:
        # A refused read is told in words, which may be combined in many ways.
        name = command if command.isidentifier() else "read"
        COMMANDS.labels(service, name, "refused" if rule else "done").inc()
        if rule:
            REFUSALS.labels(service, rule).inc()


@contextmanager
def timed(service: str) -> Iterator[None]:
    began = time.perf_counter()
    try:
        yield
    finally:
        APPENDS.labels(service).observe(time.perf_counter() - began)


def healed(service: str, sender: str, topic: str, fetched: int) -> None:
    """A gap was filled with so many rows from the sender."""
    GAPS.labels(service, sender, topic).inc()
    FETCHED.labels(service, sender, topic).inc(fetched)
