"""Several lanes at once: all of it, or nothing and each lane by itself."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from shared.runtime.facts import Acting
from shared.runtime.inbox import Reaction, positions, receive
from shared.runtime.kafka.healing import Asked, Missing
from shared.runtime.message import Message
from shared.runtime.store import Store
from shared.runtime.together import Arrived, SomethingWaits, receive_together
from tests.support.asking import booking, by, request
from tests.support.bookings import BOOKINGS, AddNote
from tests.support.outboxes import MemoryOutbox
from tests.support.places import everything

CALLS, LETTERS = "staffetta.calls.events", "staffetta.letters.events"
BOOKED = [f"booking-{number}" for number in range(6)]


def react(message: Message) -> Sequence[Reaction]:
    """`broken` is a message that nobody can apply."""
    if message.type == "call.broken":
        raise ValueError
    return [Reaction(BOOKINGS, message.key, AddNote(text=message.data))]


def acting(message: Message) -> Acting:
    return by(operator=message.sender)


@pytest.fixture
def sender(store: Store) -> MemoryOutbox:
    for name in BOOKED:
        request(store, name)
    return MemoryOutbox("calls", 4)


def calls(sender: MemoryOutbox, topic: str = CALLS, type_: str = "call.came") -> list[Message]:
    """One call about each booking; the bookings lie on several lanes."""
    told = [sender.publish(topic, name, type_, {"of": topic}) for name in BOOKED]
    assert len({message.lane for message in told}) > 1
    return told


def by_lane(sender: MemoryOutbox, *told: Message) -> list[tuple[MemoryOutbox, list[Message]]]:
    lanes = sorted({(message.topic, message.lane) for message in told})
    return [
        (sender, [message for message in told if (message.topic, message.lane) == lane])
        for lane in lanes
    ]


def noted(store: Store) -> list[int]:
    return [len(booking(store, name).notes) for name in BOOKED]


def test_each_message_of_each_lane_and_topic_has_its_effect_once(
    store: Store, sender: MemoryOutbox
) -> None:
    told = [*calls(sender), *calls(sender, LETTERS)]
    receive_together(store, by_lane(sender, *told), react, acting)
    assert noted(store) == [2] * len(BOOKED)
    assert positions(store, "calls", CALLS) == {
        lane: head for lane, head in sender.heads(CALLS).items() if head
    }


def test_what_came_before_is_skipped_in_its_lane_alone(store: Store, sender: MemoryOutbox) -> None:
    told = calls(sender)
    receive(store, sender, by_lane(sender, *told)[0][1], react, acting)
    receive_together(store, by_lane(sender, *told, *told), react, acting)
    assert noted(store) == [1] * len(BOOKED)
    before = everything(store)
    receive_together(store, by_lane(sender, *told), react, acting)
    assert everything(store) == before


def test_a_message_that_cannot_be_applied_leaves_all_as_it_was(
    store: Store, sender: MemoryOutbox
) -> None:
    told = calls(sender)
    told[-1] = replace(told[-1], type="call.broken")
    before = everything(store)
    with pytest.raises(ValueError):  # noqa: PT011  # it has no words
        receive_together(store, by_lane(sender, *told), react, acting)
    assert everything(store) == before


def test_where_rows_are_missing_nothing_is_applied(store: Store, sender: MemoryOutbox) -> None:
    told = [*calls(sender), *calls(sender)]
    lanes = by_lane(sender, *told)
    arrived: list[Arrived] = [(Asked("calls"), lanes[0][1][1:]), *lanes[1:]]
    before = everything(store)
    with pytest.raises(Missing):
        receive_together(store, arrived, react, acting)
    assert everything(store) == before


def test_where_a_case_of_the_topic_is_parked_each_lane_is_left_to_itself(
    store: Store, sender: MemoryOutbox
) -> None:
    broken = sender.publish(CALLS, BOOKED[0], "call.broken", {})
    receive(store, sender, [broken], react, acting)
    told = calls(sender)
    with pytest.raises(SomethingWaits):
        receive_together(store, by_lane(sender, *told), react, acting)
    assert noted(store) == [0] * len(BOOKED)
