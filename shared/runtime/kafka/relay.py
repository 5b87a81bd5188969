"""The relay: what the outbox holds goes to Kafka, each lane to its partition, in order.

It may send a row twice (after a crash) and never passes one over: a lane's position moves only
when the broker has acknowledged everything up to it. Receivers apply each number once.
"""

import time
from collections import deque
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
# Rows that may be without an acknowledgement; beyond that the relay waits for the oldest.
_UNDER_WAY = 8_000
# A position that lags costs duplicates after a crash, and one that is noted costs a commit.
_NOTE_EVERY_SECONDS = 0.2
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
    _under_way: deque[_Sent] = field(default_factory=deque)
    _acknowledged: dict[tuple[str, int], int] = field(default_factory=dict)
    _noted: float = 0.0

    def step(self) -> int:
        """Send what is new, and see what the broker has acknowledged meanwhile. Returns how many
        rows were sent. A send that failed raises here, in a later step or in `settle`."""
        batches = self._send_new()
        self._under_way.extend(batches)
        self._confirm(_UNDER_WAY)
        if time.monotonic() - self._noted > _NOTE_EVERY_SECONDS:
            self._note()
        return sum(len(batch.futures) for batch in batches)

    def settle(self) -> None:
        """Wait for everything under way, and keep how far it got."""
        self.producer.flush(timeout=10)
        self._confirm(0)
        self._note()

    def _send_new(self) -> list[_Sent]:
        topics = self.store.service.topics
        heads = self.store.rows("SELECT topic, lane, last FROM lanes")
        behind = [
            (head["topic"], head["lane"], after)
            for head in heads
            if head["topic"] in topics
            and (after := self._position(head["topic"], head["lane"])) < head["last"]
        ]
        found = StoreOutbox(self.store).rows_of_lanes(behind, BATCH) if behind else []
        return [self._send(messages) for messages in found if messages]

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

    def _confirm(self, most: int) -> None:
        """Take note of what is acknowledged; wait where more than `most` rows are not."""
        waiting = sum(len(batch.futures) for batch in self._under_way)
        while self._under_way:
            batch = self._under_way[0]
            done = all(future.is_done for future in reversed(batch.futures))
            if not done and waiting <= most:
                return
            for future in batch.futures:
                if not future.succeeded():
                    future.get(timeout=30)
            self._acknowledged[batch.topic, batch.lane] = batch.last
            self._under_way.popleft()
            waiting -= len(batch.futures)

    def _note(self) -> None:
        self._noted = time.monotonic()
        if not self._acknowledged:
            return
        with self.store.transaction(commit=True) as run:
            for (topic, lane), number in self._acknowledged.items():
                run(
                    "INSERT INTO relayed VALUES (?, ?, ?) ON CONFLICT (topic, lane)"
                    " DO UPDATE SET number = excluded.number"
                    # A relay that comes back late must not set it back.
                    " WHERE excluded.number > relayed.number",
                    (topic, lane, number),
                )
        self._acknowledged.clear()

    def _position(self, topic: str, lane: int) -> int:
        if (topic, lane) not in self._sent:
            found = self.store.rows(
                "SELECT number FROM relayed WHERE topic = ? AND lane = ?", (topic, lane)
            )
            self._sent[topic, lane] = int(found[0]["number"]) if found else 0
        return self._sent[topic, lane]
