"""What a receiver asks of a sender, no more than it needs, and what it keeps of what it heard."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import pytest

from shared.runtime.facts import Acting
from shared.runtime.inbox import BATCH, Reaction, catch_up, position, receive
from shared.runtime.message import Message
from shared.runtime.store import Store
from tests.support.asking import booking, by, request
from tests.support.bookings import BOOKINGS, NOW, AcceptBooking, AddNote
from tests.support.outboxes import MemoryOutbox

CALLS, BOOKING = "staffetta.calls.events", "booking-1"
MARCH = datetime(2026, 3, 1, tzinfo=UTC)


class Remembering(MemoryOutbox):
    """A sender that remembers what it was asked for: after which number, how many rows."""

    def __init__(self) -> None:
        super().__init__("calls", 1)
        self.asked: list[tuple[int, int]] = []

    def rows(self, topic: str, lane: int, after: int, limit: int) -> Sequence[Message]:
        self.asked.append((after, limit))
        return super().rows(topic, lane, after, limit)


class LookedAtTooEarly(MemoryOutbox):
    """A sender whose heads are as they were when it had said nothing yet, at the first look."""

    looks = 0

    def heads(self, topic: str) -> Mapping[int, int]:
        self.looks += 1
        return {0: 0} if self.looks == 1 else super().heads(topic)


def calls(sender: MemoryOutbox, number: int) -> list[Message]:
    return [sender.publish(CALLS, BOOKING, "call.came", {}) for _ in range(number)]


def note(message: Message) -> Sequence[Reaction]:
    return [Reaction(BOOKINGS, BOOKING, AddNote(text=str(message.number)))]


def acting(message: Message) -> Acting:
    return by(operator=message.sender)


@pytest.fixture
def sender(store: Store) -> Remembering:
    request(store, BOOKING)
    return Remembering()


def test_only_what_is_missing_is_asked_for(store: Store, sender: Remembering) -> None:
    told = calls(sender, 9)
    receive(store, sender, told[:2], note, acting)
    assert sender.asked == []
    receive(store, sender, [told[3], told[8]], note, acting)
    assert sender.asked == [(2, 6)]
    assert booking(store, BOOKING).notes == tuple("123456789")


def test_a_lane_is_followed_in_batches(store: Store, sender: Remembering) -> None:
    calls(sender, BATCH + 1)
    assert catch_up(store, sender, CALLS, note, acting) == BATCH + 1
    assert sender.asked == [(0, BATCH), (BATCH - 1, BATCH)], "the last one heard is compared"


def test_given_another_receiver_went_past_the_first_look_at_the_heads_then_nothing_was_lost(
    store: Store,
) -> None:
    request(store, BOOKING)
    sender = LookedAtTooEarly("calls", 1)
    receive(store, sender, calls(sender, 3), note, acting)
    assert catch_up(store, sender, CALLS, note, acting) == 0
    assert position(store, "calls", CALLS, 0) == 3


@pytest.mark.parametrize(("told_at", "kept"), [(MARCH, MARCH), (None, NOW)])
def test_a_reaction_may_say_which_time_is_kept(
    store: Store, sender: Remembering, told_at: datetime | None, kept: datetime
) -> None:
    def react(_message: Message) -> Sequence[Reaction]:
        return [Reaction(BOOKINGS, BOOKING, AddNote(text="a call"), at=told_at)]

    receive(store, sender, calls(sender, 1), react, acting)
    assert store.service.names.recorded(store.events(BOOKING)[-1]).at == kept


def test_a_refusal_is_kept_with_what_was_asked_of_what_and_by_whom(
    store: Store, sender: Remembering
) -> None:
    def react(_message: Message) -> Sequence[Reaction]:
        return [Reaction(BOOKINGS, BOOKING, AcceptBooking(desk="desk-none"), at=MARCH)]

    receive(store, sender, calls(sender, 1), react, acting)
    (kept,) = store.rows("SELECT entry FROM audit WHERE entry IS NOT NULL")
    assert json.loads(kept["entry"]) == {
        "kind": "refusal",
        "service": "bookings",
        "stream": BOOKING,
        "at": "2026-03-01T00:00:00.000000Z",
        "by": "calls",
        "org": "desk",
        "command": "AcceptBooking",
        "rule": "an-open-booking-takes-a-free-seat",
    }
