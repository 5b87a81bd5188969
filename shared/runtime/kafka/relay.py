"""The relay: what the outbox holds goes to Kafka, each lane to its partition, in order.

It may send a row twice (after a crash) and never passes one over: a lane's position moves only
when the broker has acknowledged everything up to it. Receivers apply each number once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from kafka import KafkaProducer

from shared.runtime.kafka.broker import Broker
from shared.runtime.kafka.envelope import headers_of, timestamp_of
from shared.runtime.message import Message
from shared.runtime.outbox import StoreOutbox
from shared.runtime.spans import SENDING, current, span
from shared.runtime.store import Store

BATCH = 1_000
_PRODUCER: dict[str, Any] = {
    "acks": "all",
    "enable_idempotence": True,
    "linger_ms": 2,
    "batch_size": 131_072,
    "compression_type": "zstd",
    "delivery_timeout_ms": 30_000,
    "request_timeout_ms": 10_000,
    "max_block_ms": 10_000,
    "bootstrap_timeout_ms": 5_000,
}


def producer(broker: Broker) -> Any:
    """A producer whose acknowledgement means: on every in-sync replica, once, in order."""
    return KafkaProducer(**broker.options(), **_PRODUCER)


@dataclass
class _Sent:
    """A batch on its way: the lane's position once all of its futures are done."""

    topic: str
    lane: int
    last: int
    futures: Sequence[Any]


@dataclass
class Relay:
    """One pass after the other; whoever runs it holds the service's relay lock."""

    store: Store
    producer: Any
    _sent: dict[tuple[str, int], int] = field(default_factory=dict)
    _under_way: list[_Sent] = field(default_factory=list)

    def step(self) -> int:
        """Send what is new, and confirm what the broker has acknowledged before. Returns how many
        rows were sent; 0 where all is sent and confirmed. A failed send raises."""
        batches = self._send_new()
        # What was sent in the step before has had this step's reading to arrive: no stall.
        self._confirm()
        self._under_way = batches
        if not batches:
            return 0
        return sum(len(batch.futures) for batch in batches)

    def settle(self) -> None:
        """Wait for everything under way, and keep how far it got."""
        self.producer.flush(timeout=10)
        self._confirm()
        self._under_way = []

    def _send_new(self) -> list[_Sent]:
        outbox = StoreOutbox(self.store)
        batches = []
        for topic in self.store.service.topics:
            for lane, head in outbox.heads(topic).items():
                after = self._position(topic, lane)
                if after < head:
                    batches.append(self._send(outbox.rows(topic, lane, after, BATCH)))
        return batches

    def _send(self, messages: Sequence[Message]) -> _Sent:
        futures = [self._future(message) for message in messages]
        last = messages[-1]
        self._sent[last.topic, last.lane] = last.number
        return _Sent(last.topic, last.lane, last.number, futures)

    def _future(self, message: Message) -> Any:
        place: dict[str, str | int] = {"topic": message.topic, "lane": message.lane}
        with span("relay", SENDING, (message.trace,), service=message.sender, **place):
            return self.producer.send(
                message.topic,
                partition=message.lane,
                key=message.key.encode(),
                value=message.data.encode(),
                headers=headers_of(message, current() or message.trace),
                timestamp_ms=timestamp_of(message),
            )

    def _confirm(self) -> None:
        for batch in self._under_way:
            for future in batch.futures:
                future.get(timeout=30)
        if self._under_way:
            with self.store.transaction(commit=True) as run:
                for batch in self._under_way:
                    run(
                        "INSERT INTO relayed VALUES (?, ?, ?) ON CONFLICT (topic, lane)"
                        " DO UPDATE SET number = excluded.number"
                        # A relay that comes back late must not set it back.
                        " WHERE excluded.number > relayed.number",
                        (batch.topic, batch.lane, batch.last),
                    )

    def _position(self, topic: str, lane: int) -> int:
        if (topic, lane) not in self._sent:
            found = self.store.rows(
                "SELECT number FROM relayed WHERE topic = ? AND lane = ?", (topic, lane)
            )
            self._sent[topic, lane] = int(found[0]["number"]) if found else 0
        return self._sent[topic, lane]
