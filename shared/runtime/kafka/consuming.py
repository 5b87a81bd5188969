"""The consumer: records of a topic's partitions, received lane by lane, committed afterwards.

Offsets only say where to go on reading; what was applied is known by the sender's numbers alone.
So a rebalance, a second consumer that thinks it still owns a lane, or a topic made anew cost
duplicates at worst, which are skipped.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kafka import KafkaConsumer
from kafka.errors import CommitFailedError

from shared.runtime.inbox import ActingFor, React, catch_up, receive
from shared.runtime.kafka.broker import Broker
from shared.runtime.kafka.envelope import Malformed, message_of
from shared.runtime.log import log
from shared.runtime.message import Message
from shared.runtime.outbox import Outbox
from shared.runtime.store import Store

_POLL_MS = 200
_MAX_RECORDS = 1_000
_LOOK_EVERY_SECONDS = 5.0
_AFTER_A_FAULT_SECONDS = 1.0


@dataclass(frozen=True)
class Ear:
    """What a service hears: topics by sender, the senders' outboxes for healing, its reactions."""

    store: Store
    topics: Sequence[tuple[str, str]]
    senders: Mapping[str, Outbox]
    react: React
    acting: ActingFor


def hear_until(ending: threading.Event, ear: Ear, broker: Broker) -> None:
    """Consume until `ending`. After a fault the consumer is made anew and reads again from the
    committed offsets: nothing is passed over."""
    while not ending.is_set():
        try:
            _consume(ending, ear, broker)
        except Exception as fault:  # whatever it was, this must live to try again
            log().error("consumer", service=ear.store.service.name, error=type(fault).__name__)
            ending.wait(_AFTER_A_FAULT_SECONDS)


def _consume(ending: threading.Event, ear: Ear, broker: Broker) -> None:
    consumer = KafkaConsumer(
        *sorted({topic for _sender, topic in ear.topics}),
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
    looked = time.monotonic()
    try:
        while not ending.is_set():
            polled = consumer.poll(timeout_ms=_POLL_MS, max_records=_MAX_RECORDS)
            for records in polled.values():
                _receive(ear, records)
            if polled:
                _commit(consumer, ear)
            if time.monotonic() - looked > _LOOK_EVERY_SECONDS:
                heal(ear)
                looked = time.monotonic()
    finally:
        consumer.close(timeout_ms=5_000)


def _receive(ear: Ear, records: Iterable[Any]) -> None:
    """One lane's records. What is malformed was written by nobody of ours: it is told and
    passed over, since whatever a sender did write is in its outbox, and a gap is healed."""
    messages: dict[str, list[Message]] = defaultdict(list)
    for record in records:
        try:
            message = message_of(
                record.topic, record.partition, record.key, record.value, record.headers
            )
        except Malformed:
            log().error("malformed", service=ear.store.service.name, topic=record.topic)
            continue
        if (message.sender, message.topic) in ear.topics:
            messages[message.sender].append(message)
    for sender, lane in messages.items():
        receive(ear.store, ear.senders[sender], lane, ear.react, ear.acting)


def _commit(consumer: Any, ear: Ear) -> None:
    try:
        consumer.commit()
    except CommitFailedError:
        # The lanes went to another member meanwhile: it reads these records again, and skips them.
        log().info("rebalanced", service=ear.store.service.name)


def heal(ear: Ear) -> int:
    """Ask each sender how far it has written, and fetch what never came: a broker that lost its
    disk sends no next message by which a gap would show. Returns how many were applied."""
    return sum(
        catch_up(ear.store, ear.senders[sender], topic, ear.react, ear.acting)
        for sender, topic in ear.topics
    )
