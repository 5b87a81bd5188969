"""The consumer: records of a topic's partitions, received together, committed afterwards.

Offsets only say where to go on reading; what was applied is known by the sender's numbers alone.
So a rebalance, a second consumer that thinks it still owns a lane, or a topic made anew cost
duplicates at worst, which are skipped. A lane in trouble is read again after a rest, from where
the trouble was; the others go on, and it is never committed past what was applied.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from kafka import KafkaConsumer, OffsetAndMetadata
from kafka.errors import CommitFailedError

from shared.runtime.inbox import receive
from shared.runtime.kafka.broker import Broker
from shared.runtime.kafka.envelope import Malformed, message_of
from shared.runtime.kafka.healing import Asked, Ear, heal_until
from shared.runtime.log import log
from shared.runtime.message import Message
from shared.runtime.outbox import Outbox
from shared.runtime.resting import Resting
from shared.runtime.together import Arrived, receive_together

_POLL_MS = 200
_MAX_RECORDS = 1_000
# An offset that lags costs duplicates after a rebalance, and each commit a wait for the broker.
_COMMIT_EVERY_SECONDS = 1.0
_AFTER_A_FAULT_SECONDS = 1.0


def hear_until(ending: threading.Event, ear: Ear, broker: Broker) -> None:
    """Consume until `ending`. After a fault the consumer is made anew and reads again from the
    committed offsets: nothing is passed over."""
    with _healing(ending, ear) as senders:
        while not ending.is_set():
            if ear.store.hold:
                ending.wait(_AFTER_A_FAULT_SECONDS)
                continue
            try:
                _consume(ending, ear, broker, senders)
            except Exception as fault:  # whatever it was, this must live to try again
                log().error("consumer", service=ear.store.service.name, error=type(fault).__name__)
                ending.wait(_AFTER_A_FAULT_SECONDS)


@contextmanager
def _healing(ending: threading.Event, ear: Ear) -> Iterator[Mapping[str, Outbox]]:
    """The senders as the consumer may ask them: what it misses, others fetch while this lasts."""
    senders = {sender: Asked(sender) for sender in ear.senders}
    threads = [
        threading.Thread(target=heal_until, args=(ending, ear, senders[sender], topic), daemon=True)
        for sender, topic in ear.topics
    ]
    for thread in threads:
        thread.start()
    try:
        yield dict(senders)
    finally:
        for asked in senders.values():
            asked.wake.up()
        for thread in threads:
            thread.join(timeout=15)


def _consume(
    ending: threading.Event, ear: Ear, broker: Broker, senders: Mapping[str, Outbox]
) -> None:
    """One consumer's life. Who is not fit leaves the group, and its lanes, to others."""
    ear.fit()
    consumer = KafkaConsumer(
        group_id=f"staffetta.{ear.store.service.name}",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        session_timeout_ms=10_000,
        heartbeat_interval_ms=2_000,
        max_poll_interval_ms=120_000,
        fetch_max_wait_ms=100,
        bootstrap_timeout_ms=5_000,
        **broker.options(),
    )
    reading = _Reading(consumer, ear, senders, Resting(ear.store.service.name))
    topics = sorted({topic for _sender, topic in ear.topics})
    try:
        lanes = _lanes(consumer, topics)
        consumer.subscribe(topics)
        while not ending.is_set():
            ear.fit()
            if _lanes(consumer, topics) != lanes:
                raise LanesChanged
            reading.step()
        reading.commit()
    finally:
        consumer.close(timeout_ms=5_000)


def _lanes(consumer: Any, topics: Sequence[str]) -> Mapping[str, Collection[int]]:
    """The lanes of each topic as the consumer knows them.

    They are known before it joins its group, and a change makes the consumer anew: one that learns
    of them within the group joins again, and where a poll ends meanwhile it is left without lanes
    for good, polls without a rest, and says nothing (kafka-python 3.0.12, decision 31).
    """
    found = {topic: consumer.partitions_for_topic(topic) for topic in topics}
    if not all(found.values()):
        raise LanesUnknown
    return found


class LanesUnknown(Exception):
    """A topic is not there yet, or may not be seen."""


class LanesChanged(Exception):
    """A topic was made anew, with other lanes."""


@dataclass
class _Reading:
    """One consumer's life. `done`: partition -> the offset to be committed."""

    consumer: Any
    ear: Ear
    senders: Mapping[str, Outbox]
    resting: Resting
    done: dict[Any, Any] = field(default_factory=dict)
    committed: float = field(default_factory=time.monotonic)

    def step(self) -> None:
        rested = [lane for lane in self.consumer.paused() if not self.resting.rests(lane)]
        self.consumer.resume(*rested)
        polled = self.consumer.poll(timeout_ms=_POLL_MS, max_records=_MAX_RECORDS)
        arrived = {lane: self._arrived(records) for lane, records in polled.items()}
        if arrived and self._together([each for one in arrived.values() for each in one]):
            arrived = dict.fromkeys(arrived, ())
        for lane, came in arrived.items():
            self._receive(lane, came, polled[lane])
        if time.monotonic() - self.committed > _COMMIT_EVERY_SECONDS:
            self.commit()

    def _arrived(self, records: Iterable[Any]) -> Sequence[Arrived]:
        """One lane's messages by sender. What is malformed was written by nobody of ours: it is
        told and passed over, since whatever a sender did write is in its outbox, and a gap heals.
        """
        messages: dict[str, list[Message]] = defaultdict(list)
        for record in records:
            try:
                message = message_of(
                    record.topic, record.partition, record.key, record.value, record.headers
                )
            except Malformed:
                log().error("malformed", service=self.ear.store.service.name, topic=record.topic)
                continue
            if (message.sender, message.topic) in self.ear.topics:
                messages[message.sender].append(message)
        return [(self.senders[sender], lane) for sender, lane in messages.items()]

    def _together(self, arrived: Sequence[Arrived]) -> bool:
        """Whether all of it could be applied at once. Where not, whatever it was is met again, and
        told, by the lane that has it."""
        ear = self.ear
        try:
            receive_together(ear.store, arrived, ear.react, ear.acting)
        except Exception as fault:  # whatever it was: the lane that has it meets it again
            log().info("apart", service=ear.store.service.name, error=type(fault).__name__)
            return False
        return True

    def _receive(self, lane: Any, arrived: Sequence[Arrived], records: Sequence[Any]) -> None:
        with self.resting.trying("lane", lane):
            for sender, messages in arrived:
                receive(self.ear.store, sender, messages, self.ear.react, self.ear.acting)
            self.done[lane] = OffsetAndMetadata(records[-1].offset + 1, "", -1)
        if self.resting.rests(lane):
            self.consumer.pause(lane)
            self.consumer.seek(lane, records[0].offset)

    def commit(self) -> None:
        """What was applied, of the partitions that are still ours."""
        ours = self.consumer.assignment()
        done = {lane: offset for lane, offset in self.done.items() if lane in ours}
        self.done, self.committed = {}, time.monotonic()
        try:
            if done:
                self.consumer.commit(done, timeout_ms=10_000)
        except CommitFailedError:
            # The lanes went to another member meanwhile: it reads these again, and skips them.
            log().info("rebalanced", service=self.ear.store.service.name)
