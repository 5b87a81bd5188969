"""The port by which anybody follows an outbox: one contract for the store and for memory."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from shared.runtime.message import Message
from shared.runtime.outbox import Outbox, StoreOutbox
from shared.runtime.work import lane_of
from tests.support.asking import request as request_interpreter
from tests.support.bookings import LANES, SERVICE, TOPIC
from tests.support.outboxes import MemoryOutbox
from tests.support.places import new_place
from tests.support.stores import STORES


@dataclass(frozen=True)
class Sender:
    """An outbox, and the way to put one more message about a booking into it."""

    outbox: Outbox
    tell: Callable[[str], object]


@pytest.fixture(params=("memory", *STORES))
def sender(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Sender]:
    if request.param == "memory":
        memory = MemoryOutbox("bookings", LANES)
        data = {"language": "sq"}
        yield Sender(memory, lambda key: memory.publish(TOPIC, key, "booking.requested", data))
        return
    store = new_place(request.param, tmp_path).open(SERVICE)
    yield Sender(StoreOutbox(store), lambda key: request_interpreter(store, key))
    store.close()


def keys_of_lane(lane: int, count: int) -> list[str]:
    keys = (f"booking-{number}" for number in range(1_000))
    return [key for key in keys if lane_of(key, LANES) == lane][:count]


def test_a_topic_begins_with_all_its_lanes_at_nought(sender: Sender) -> None:
    assert sender.outbox.heads(TOPIC) == dict.fromkeys(range(LANES), 0)
    assert sender.outbox.rows(TOPIC, 0, 0, 10) == []


def test_heads_tell_the_last_number_of_each_lane(sender: Sender) -> None:
    for lane, count in ((0, 3), (2, 1)):
        for key in keys_of_lane(lane, count):
            sender.tell(key)
    assert sender.outbox.heads(TOPIC) == {0: 3, 1: 0, 2: 1, 3: 0}


def test_rows_come_in_order_from_after_the_number_that_was_asked(sender: Sender) -> None:
    keys = keys_of_lane(1, 6)
    for key in keys:
        sender.tell(key)
    rows = sender.outbox.rows(TOPIC, 1, 2, 100)
    assert [row.number for row in rows] == [3, 4, 5, 6]
    assert [row.key for row in rows] == keys[2:]


def test_no_more_rows_come_than_were_asked_for(sender: Sender) -> None:
    for key in keys_of_lane(1, 6):
        sender.tell(key)
    assert [row.number for row in sender.outbox.rows(TOPIC, 1, 1, 3)] == [2, 3, 4]
    assert sender.outbox.rows(TOPIC, 1, 6, 3) == []


def test_a_row_tells_who_sent_what_about_whom(sender: Sender) -> None:
    (key,) = keys_of_lane(3, 1)
    sender.tell(key)
    (row,) = sender.outbox.rows(TOPIC, 3, 0, 10)
    assert (row.sender, row.topic, row.lane, row.number) == ("bookings", TOPIC, 3, 1)
    assert (row.type, row.key, row.at) == ("booking.requested", key, "2026-03-01T00:00:00Z")
    assert '"language"' in row.data
    assert len(row.id) >= 32


def test_each_row_has_an_id_of_its_own_and_keeps_it(sender: Sender) -> None:
    for key in keys_of_lane(0, 2):
        sender.tell(key)
    first = sender.outbox.rows(TOPIC, 0, 0, 10)
    assert first == sender.outbox.rows(TOPIC, 0, 0, 10)
    assert first[0].id != first[1].id


def test_another_topic_holds_nothing_of_this_one(sender: Sender) -> None:
    sender.tell("booking-1")
    lane = lane_of("booking-1", LANES)
    assert sender.outbox.rows("staffetta.other.events", lane, 0, 10) == []


def test_who_waits_is_woken_at_commit(sender: Sender) -> None:
    """Far sooner than the timeout, and not before the row can be read."""
    seen, found = sender.outbox.wake.count, list[Message]()
    waiting = threading.Event()

    def wait() -> None:
        waiting.set()
        sender.outbox.wake.wait(seen, timeout=60)
        found.extend(sender.outbox.rows(TOPIC, lane_of("booking-1", LANES), 0, 10))

    thread = threading.Thread(target=wait)
    thread.start()
    assert waiting.wait(timeout=10)
    sender.tell("booking-1")
    thread.join(timeout=10)
    assert not thread.is_alive(), "the wake-up did not come"
    assert [row.key for row in found] == ["booking-1"]


def test_a_wake_up_before_the_wait_is_not_missed(sender: Sender) -> None:
    seen = sender.outbox.wake.count
    sender.tell("booking-1")
    assert sender.outbox.wake.wait(seen, timeout=60) == seen + 1
