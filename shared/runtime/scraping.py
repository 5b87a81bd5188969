"""What a scrape reads from a store and asks of senders: depth, lag, what is parked, timers.

A waiting time counts from when this process first saw that there is something to wait for: rows
carry no moment that would do, since that of a contribution is the month. So it is at most the truth
less the time between two scrapes, and begins anew with the process.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from shared.runtime.append import instant
from shared.runtime.log import log
from shared.runtime.outbox import Outbox
from shared.runtime.store import Store

Lane = tuple[str, ...]
# More changes of a head than this are not remembered while something waits behind the first.
_CHANGES = 1_000
_LANE = ("service", "topic", "lane")
_HEARD = ("service", "sender", "topic", "lane")


@dataclass
class Waiting:
    """Since when what is not done has been there, lane by lane."""

    _seen: dict[Lane, deque[tuple[int, float]]] = field(default_factory=lambda: defaultdict(deque))

    def seconds(self, lane: Lane, done: int, head: int, now: float) -> float:
        """How long the first number above `done` has been known; 0 where there is none."""
        seen = self._seen[lane]
        while seen and seen[0][0] <= done:
            seen.popleft()
        if head > max(done, seen[-1][0] if seen else 0) and len(seen) < _CHANGES:
            seen.append((head, now))
        return now - seen[0][1] if seen else 0.0


@dataclass(frozen=True, eq=False)
class Scrape(Collector):
    """One service, each time it is asked. `relays`: whether its outbox goes to Kafka; `senders`:
    the outboxes it hears, for how far they have written."""

    store: Store
    topics: Sequence[tuple[str, str]]
    senders: Mapping[str, Outbox]
    clock: Callable[[], datetime]
    relays: bool
    _waiting: Waiting = field(default_factory=Waiting)

    def describe(self) -> Iterable[GaugeMetricFamily]:
        """Nothing: or the registry would ask for all of it when this is registered."""
        return ()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        # A store that is away must not take away what was counted beside it.
        answers = _gauge("store_answers", "1 where the store could be read.", ("service",))
        try:
            found = [*self._own(), *self._heard()]
        except Exception as fault:  # whatever it was: `store_answers` tells it, too
            log().error("scrape", service=self.store.service.name, error=type(fault).__name__)
            found = []
        answers.add_metric([self.store.service.name], float(bool(found)))
        yield answers
        yield from found

    def _own(self) -> Iterator[GaugeMetricFamily]:
        name, now = self.store.service.name, self.clock().astimezone(UTC)
        yield from self._outbox(name, now.timestamp()) if self.relays else ()
        late = self.store.rows(
            "SELECT COUNT(*) AS count, MIN(due) AS first FROM timers WHERE due <= ?",
            (instant(now),),
        )[0]
        waits = now - datetime.fromisoformat(late["first"]) if late["count"] else now - now
        overdue = _gauge("timers_overdue", "Timers that are due and were not fired.", ("service",))
        overdue.add_metric([name], late["count"])
        yield overdue
        seconds = _gauge("timers_overdue_seconds", "For how long the first is due.", ("service",))
        seconds.add_metric([name], waits.total_seconds())
        yield seconds

    def _outbox(self, name: str, now: float) -> Iterator[GaugeMetricFamily]:
        depth = _gauge("outbox_depth", "Rows of the outbox not yet relayed.", _LANE)
        waits = _gauge("outbox_waiting_seconds", "How long the first of them waits.", _LANE)
        lanes = self.store.rows(
            "SELECT lanes.topic, lanes.lane, lanes.last, COALESCE(relayed.number, 0) AS done"
            " FROM lanes LEFT JOIN relayed"
            " ON relayed.topic = lanes.topic AND relayed.lane = lanes.lane"
        )
        for row in lanes:
            labels = [name, row["topic"], str(row["lane"])]
            depth.add_metric(labels, row["last"] - row["done"])
            waits.add_metric(
                labels, self._waiting.seconds(tuple(labels), row["done"], row["last"], now)
            )
        yield from (depth, waits)

    def _heard(self) -> Iterator[GaugeMetricFamily]:
        name, now = self.store.service.name, self.clock().timestamp()
        behind = _gauge("lag_messages", "Messages written by a sender, not applied here.", _HEARD)
        waits = _gauge("lag_seconds", "How long the first of them is known to wait.", _HEARD)
        answers = _gauge("sender_answers", "1 where the sender said its heads.", _HEARD[:3])
        for sender, topic in self.topics:
            heads = self._heads(sender, topic)
            answers.add_metric([name, sender, topic], float(heads is not None))
            applied = self._applied(sender, topic)
            for lane, head in (heads or {}).items():
                labels, done = [name, sender, topic, str(lane)], applied.get(lane, 0)
                behind.add_metric(labels, max(0, head - done))
                waits.add_metric(labels, self._waiting.seconds(tuple(labels), done, head, now))
        yield from (behind, waits, answers, self._parked(name))

    def _heads(self, sender: str, topic: str) -> Mapping[int, int] | None:
        try:
            return self.senders[sender].heads(topic)
        except Exception as fault:  # whatever kept it from answering: its own scrape will tell
            log().error("scrape", sender=sender, error=type(fault).__name__)
            return None

    def _applied(self, sender: str, topic: str) -> Mapping[int, int]:
        found = self.store.rows(
            "SELECT lane, number FROM inbox WHERE sender = ? AND topic = ?", (sender, topic)
        )
        return {row["lane"]: row["number"] for row in found}

    def _parked(self, name: str) -> GaugeMetricFamily:
        parked = _gauge("parked", "Messages held up: at fault, or behind one.", _HEARD[:3])
        found = self.store.rows("SELECT sender, topic, COUNT(*) AS count FROM parked GROUP BY 1, 2")
        counts = {(row["sender"], row["topic"]): row["count"] for row in found}
        for place in {**dict.fromkeys(self.topics, 0), **counts}:
            parked.add_metric([name, *place], counts.get(place, 0))
        return parked


def _gauge(name: str, told: str, labels: Sequence[str]) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"staffetta_{name}", told, labels=labels)
