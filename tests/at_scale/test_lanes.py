"""A lane of Kafka that is in trouble: the others go on, and it is not committed."""

import threading
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import structlog
from eventsourcing.persistence import OperationalError
from kafka import KafkaAdminClient, TopicPartition

from shared.runtime.inbox import Reaction
from shared.runtime.kafka import consuming
from shared.runtime.kafka.broker import Broker
from shared.runtime.kafka.consuming import hear_until
from shared.runtime.kafka.envelope import headers_of, timestamp_of
from shared.runtime.kafka.healing import Ear
from shared.runtime.kafka.relay import producer
from shared.runtime.message import Message
from shared.runtime.store import Store
from shared.runtime.work import lane_of
from staffetta.at_scale.up import Together
from tests.support.asking import by
from tests.support.bookings import DESKS, LANES, SERVICE, OpenDesk
from tests.support.outboxes import MemoryOutbox
from tests.support.places import new_place
from tests.support.threads import wait_until

pytestmark = [pytest.mark.broker, pytest.mark.timeout(300)]


class Away(MemoryOutbox):
    """A sender that nobody reaches while it is away."""

    away = False

    def heads(self, topic: str) -> Mapping[int, int]:
        self._reached()
        return super().heads(topic)

    def rows(self, topic: str, lane: int, after: int, limit: int) -> Sequence[Message]:
        self._reached()
        return super().rows(topic, lane, after, limit)

    def _reached(self) -> None:
        if self.away:
            raise ConnectionError


@dataclass
class Wire:
    """A topic of its own on the broker, its sender, and who hears it."""

    broker: Broker
    topic: str
    sender: Away
    store: Store
    bad: set[int] = field(default_factory=set)

    def send(self, *messages: Message) -> None:
        sending = producer(self.broker)
        try:
            for message in messages:
                sending.send(
                    message.topic,
                    partition=message.lane,
                    key=message.key.encode(),
                    value=message.data.encode(),
                    headers=headers_of(message),
                    timestamp_ms=timestamp_of(message),
                ).get(timeout=30)
        finally:
            sending.close()

    def publish(self, name: str) -> Message:
        return self.sender.publish(self.topic, name, "requested", {})

    def react(self, message: Message) -> Sequence[Reaction]:
        if message.lane in self.bad:
            raise OperationalError("the database went away")
        if message.data == "spoilt":
            raise ValueError
        return [Reaction(DESKS, message.key, OpenDesk(seats=message.number))]

    def desks(self) -> set[str]:
        return {row["key"] for row in self.store.rows("SELECT key FROM desks")}

    def committed(self) -> dict[int, int]:
        """Lane -> the offset from which the group goes on."""
        admin = KafkaAdminClient(**self.broker.options())
        try:
            group = f"staffetta.{self.store.service.name}"
            told: Any = admin.list_group_offsets({group: None})[group]
        finally:
            admin.close()
        lanes = {lane: TopicPartition(self.topic, lane) for lane in range(LANES)}
        return {lane: told[place].offset for lane, place in lanes.items() if place in told}


@pytest.fixture
def wire(running: Together, tmp_path: Path) -> Iterator[Wire]:
    structlog.configure(processors=[lambda _logger, _name, _told: ""])
    name = f"mirror{uuid.uuid4().hex[:8]}"
    topic, broker = f"staffetta.{name}.events", running.kafka.broker()
    admin = KafkaAdminClient(**broker.options())
    admin.create_topics({topic: {"num_partitions": LANES}}, wait_for_metadata=True)
    admin.close()
    store = new_place("postgres", tmp_path).open(replace(SERVICE, name=name))
    yield Wire(broker, topic, Away("bookings", LANES), store)
    store.close()
    structlog.reset_defaults()


@contextmanager
def heard(wire: Wire) -> Iterator[Callable[[set[str]], None]]:
    """While somebody hears it: a wait until so many desks were opened."""
    ear = Ear(
        wire.store,
        [("bookings", wire.topic)],
        {"bookings": wire.sender},
        wire.react,
        lambda _message: by(),
    )
    ending = threading.Event()
    thread = threading.Thread(target=hear_until, args=(ending, ear, wire.broker), daemon=True)
    thread.start()
    try:
        yield lambda names: _none(wait_until(wire.store.wake, lambda: wire.desks() == names))
    finally:
        ending.set()
        thread.join(timeout=60)


def _none(_seconds: float) -> None:
    return None


def named(word: str, lane: int) -> str:
    """The first such name that belongs to a lane."""
    names = (f"{word}-{number}" for number in range(1_000))
    return next(name for name in names if lane_of(name, LANES) == lane)


def one_of_each_lane(word: str) -> list[str]:
    return [named(word, lane) for lane in range(LANES)]


def test_a_lane_in_trouble_is_read_again_and_holds_up_no_other(wire: Wire) -> None:
    first, second = one_of_each_lane("first"), one_of_each_lane("second")
    wire.bad.add(0)
    wire.sender.away = True  # so that nothing comes in another way
    wire.send(*[wire.publish(name) for name in first])
    with heard(wire) as until:
        until(set(first[1:]))
        wire.send(*[wire.publish(name) for name in second])
        until({*first[1:], *second[1:]})
    assert {lane: at for lane, at in wire.committed().items() if at > 0} == {1: 2, 2: 2, 3: 2}
    wire.bad.clear()
    with heard(wire) as until:
        until({*first, *second})
    assert wire.committed() == {0: 2, 1: 2, 2: 2, 3: 2}
    assert [len(wire.store.events(name)) for name in (*first, *second)] == [1] * 8


def test_a_gap_whose_sender_is_away_holds_up_no_other_lane_and_is_healed_later(
    wire: Wire,
) -> None:
    names = one_of_each_lane("first")
    wire.sender.away = True
    lost, after = wire.publish(names[0]), wire.publish(named("second", 0))
    assert (lost.number, after.number) == (1, 2)
    wire.send(after, *[wire.publish(name) for name in names[1:]])
    with heard(wire) as until:
        until(set(names[1:]))
        assert 0 not in {lane for lane, at in wire.committed().items() if at > 0}
        wire.sender.away = False
        until({*names, after.key})


def test_a_number_that_nobody_wrote_is_passed_over_and_so_is_a_spoilt_copy(wire: Wire) -> None:
    first, second, third = (wire.publish(named(word, 0)) for word in ("first", "second", "third"))
    far = replace(second, number=10**15)
    wire.send(first, far, replace(second, data="spoilt"), far)
    with heard(wire) as until:
        until({first.key, second.key, third.key})
        wire.send(second, third)
        fourth = wire.publish(named("fourth", 0))
        wire.send(far, fourth)
        until({first.key, second.key, third.key, fourth.key})
        wait_until(wire.store.wake, lambda: wire.committed().get(0) == 8)
    assert [len(wire.store.events(told.key)) for told in (first, second, third, fourth)] == [1] * 4


def test_a_poll_that_ends_while_it_joins_its_group_leaves_nobody_without_lanes(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consuming, "_POLL_MS", 1)
    wire.sender.away = True  # so that nothing comes in another way
    names = one_of_each_lane("first")
    wire.send(*[wire.publish(name) for name in names])
    for _turn in range(5):
        with heard(wire) as until:
            until(set(names))
            names.append(f"later-{len(names)}")
            wire.send(wire.publish(names[-1]))
            until(set(names))
    assert [len(wire.store.events(name)) for name in names] == [1] * len(names)
