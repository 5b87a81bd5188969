"""A topic as the broker's administrator can read and write it, past all that the services do."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from shared.contracts.envelope import LANES
from staffetta.four import FOUR
from tests.faults.cluster import Cluster, let_go

TOPICS = tuple(topic for part in FOUR for topic in part.service.topics)


@dataclass(frozen=True)
class Record:
    """One record as it lies in a partition. `headers`: name and bytes."""

    topic: str
    lane: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]

    @property
    def number(self) -> int | None:
        """None where it is no sender's."""
        told = dict(self.headers).get("ce_number", b"")
        return int(told) if told.isdigit() else None

    def with_headers(self, **changed: str) -> list[tuple[str, bytes]]:
        """Its headers with some of them saying something else."""
        told = dict(self.headers) | {name: value.encode() for name, value in changed.items()}
        return list(told.items())


def read(cluster: Cluster, topic: str) -> list[Record]:
    """Every record of a topic, in the order of each partition."""
    consumer = KafkaConsumer(
        **cluster.together.kafka.broker().options(), auto_offset_reset="earliest"
    )
    try:
        lanes = [TopicPartition(topic, lane) for lane in range(LANES)]
        consumer.assign(lanes)
        ends = consumer.end_offsets(lanes)
        consumer.seek_to_beginning(*lanes)
        found: list[Record] = []
        while any(consumer.position(lane) < end for lane, end in ends.items()):
            for records in consumer.poll(timeout_ms=1_000).values():
                found += [_record(each) for each in records]
        return found
    finally:
        consumer.close()
        let_go()


def sent_twice(records: Sequence[Record]) -> int:
    """How many numbers lie in the topic more than once."""
    counted = Counter((each.lane, each.number) for each in records if each.number is not None)
    return sum(count > 1 for count in counted.values())


@contextmanager
def writing(cluster: Cluster) -> Iterator["Writer"]:
    """The administrator writes; every record has arrived when this ends.

    Not idempotent: a broker whose disk was wiped gives out the producers' numbers again, and a
    service's producer may still have the same one.
    """
    options = cluster.together.kafka.broker().options()
    producer = KafkaProducer(**options, acks="all", linger_ms=5, enable_idempotence=False)
    try:
        writer = Writer(producer, [])
        yield writer
        for future in writer.futures:
            future.get(timeout=30)
    finally:
        producer.close()
        let_go()


@dataclass
class Writer:
    producer: Any
    futures: list[Any]

    def write(self, record: Record) -> None:
        self.futures.append(
            self.producer.send(
                record.topic,
                partition=record.lane,
                key=record.key,
                value=record.value,
                headers=list(record.headers),
            )
        )


def _record(each: Any) -> Record:
    return Record(each.topic, each.partition, each.key, each.value, tuple(each.headers))
