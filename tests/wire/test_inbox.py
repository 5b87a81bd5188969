"""Receiving: each number once, in order, gaps healed, position and effect as one."""

from collections.abc import Sequence

import pytest

from shared.runtime.arrived import CannotHeal
from shared.runtime.facts import Acting
from shared.runtime.inbox import Reaction, catch_up, position, positions, receive
from shared.runtime.message import Message
from shared.runtime.store import Store
from tests.support.asking import booking, by, request
from tests.support.bookings import BOOKINGS, AcceptBooking, AddNote
from tests.support.outboxes import MemoryOutbox
from tests.support.places import everything
from tests.support.threads import at_once

CALLS = "staffetta.calls.events"


def react(message: Message) -> Sequence[Reaction]:
    """Each call about a booking becomes a note of it; `refused` is something a rule says no to."""
    if message.type == "call.refused":
        return [Reaction(BOOKINGS, message.key, AcceptBooking(desk="desk-none"))]
    return [Reaction(BOOKINGS, message.key, AddNote(text=message.data))]


def acting(message: Message) -> Acting:
    return by(operator=message.sender)


@pytest.fixture
def sender(store: Store) -> MemoryOutbox:
    """A sender with one lane, that tells of one booking, known to the store."""
    request(store, "booking-1")
    return MemoryOutbox("calls", 1)


def calls(sender: MemoryOutbox, *numbers: int) -> list[Message]:
    return [sender.publish(CALLS, "booking-1", "call.came", {"call": number}) for number in numbers]


def heard(store: Store) -> list[str]:
    """The calls that were noted, by number, in the order of the stream."""
    return [note.removeprefix('{"call": ').removesuffix("}") for note in notes(store)]


def notes(store: Store) -> tuple[str, ...]:
    return booking(store, "booking-1").notes


def at(store: Store) -> int:
    return position(store, "calls", CALLS, 0)


def test_messages_take_effect_once_and_the_position_moves(
    store: Store, sender: MemoryOutbox
) -> None:
    assert receive(store, sender, calls(sender, 1, 2, 3), react, acting) == 3
    assert (heard(store), at(store)) == (["1", "2", "3"], 3)
    assert store.events("booking-1")[-1].state.count(b'"calls"') == 1


def test_what_was_delivered_before_is_skipped(store: Store, sender: MemoryOutbox) -> None:
    told = calls(sender, 1, 2, 3)
    receive(store, sender, told[:2], react, acting)
    before = everything(store)
    assert receive(store, sender, told[:2], react, acting) == 0
    assert everything(store) == before
    assert receive(store, sender, [*told, *told], react, acting) == 1
    assert (heard(store), at(store)) == (["1", "2", "3"], 3)


def test_what_comes_in_another_order_is_applied_in_the_senders(
    store: Store, sender: MemoryOutbox
) -> None:
    told = calls(sender, 1, 2, 3)
    receive(store, sender, [told[2], told[0], told[1], told[0]], react, acting)
    assert (heard(store), at(store)) == (["1", "2", "3"], 3)


def test_a_gap_is_fetched_before_going_on(store: Store, sender: MemoryOutbox) -> None:
    told = calls(sender, 1, 2, 3, 4, 5)
    assert receive(store, sender, [told[0], told[4]], react, acting) == 5
    assert (heard(store), at(store)) == (["1", "2", "3", "4", "5"], 5)


def test_the_first_that_comes_late_is_fetched_as_well(store: Store, sender: MemoryOutbox) -> None:
    told = calls(sender, 1, 2)
    receive(store, sender, told[1:], react, acting)
    assert (heard(store), at(store)) == (["1", "2"], 2)


@pytest.mark.parametrize("lost", [0, 1])
def test_a_gap_that_the_sender_lost_too_stops_the_lane(
    store: Store, sender: MemoryOutbox, lost: int
) -> None:
    told = calls(sender, 1, 2, 3)
    sender.lose([told[lost]])
    before = everything(store)
    with pytest.raises(CannotHeal, match="calls"):
        receive(store, sender, [told[2]], react, acting)
    assert everything(store) == before


def test_following_notices_what_the_sender_lost_at_its_end(
    store: Store, sender: MemoryOutbox
) -> None:
    sender.lose(calls(sender, 1, 2)[1:])
    with pytest.raises(CannotHeal, match="lane 0"):
        catch_up(store, sender, CALLS, react, acting)
    assert (heard(store), at(store)) == (["1"], 1)


def test_a_sender_that_is_behind_what_was_heard_of_it_lost_something(
    store: Store, sender: MemoryOutbox
) -> None:
    """As after the restore of an old backup: its next numbers would pass for duplicates."""
    receive(store, sender, calls(sender, 1, 2, 3), react, acting)
    restored = MemoryOutbox("calls", 1)
    calls(restored, 1, 4)
    with pytest.raises(CannotHeal, match="lane 0"):
        catch_up(store, restored, CALLS, react, acting)


def test_catching_up_goes_to_the_end_of_every_lane(store: Store) -> None:
    sender, names = MemoryOutbox("calls", 3), [f"booking-{number}" for number in range(9)]
    for name in names:
        request(store, name)
        for _call in range(30):
            sender.publish(CALLS, name, "call.came", {"call": 1})
    assert catch_up(store, sender, CALLS, react, acting) == 270
    assert catch_up(store, sender, CALLS, react, acting) == 0
    assert {len(booking(store, name).notes) for name in names} == {30}


def test_trouble_before_the_commit_leaves_neither_effect_nor_position(
    store: Store, sender: MemoryOutbox
) -> None:
    told, before = calls(sender, 1, 2, 3), everything(store)

    def dies(message: Message) -> Sequence[Reaction]:
        if message.number == 3:
            raise OSError("the machine is in trouble")
        return react(message)

    with pytest.raises(OSError, match="in trouble"):
        receive(store, sender, told, dies, acting)
    assert everything(store) == before
    receive(store, sender, told, react, acting)
    assert (heard(store), at(store)) == (["1", "2", "3"], 3)


def test_two_receivers_of_one_lane_apply_each_message_once(
    store: Store, sender: MemoryOutbox
) -> None:
    told = calls(sender, *range(1, 21))

    def follow(receiver: int) -> None:
        for number in range(20):
            receive(store, sender, told[number : number + 1 + receiver], react, acting)

    at_once(4, follow)
    assert heard(store) == [str(number) for number in range(1, 21)]
    assert at(store) == 20


def test_a_reaction_that_a_rule_refuses_is_kept_and_passed(
    store: Store, sender: MemoryOutbox
) -> None:
    refused = sender.publish(CALLS, "booking-1", "call.refused", {})
    receive(store, sender, [refused, *calls(sender, 2)], react, acting)
    assert (heard(store), at(store)) == (["2"], 2)
    (entry,) = store.rows("SELECT entry FROM audit WHERE entry IS NOT NULL")
    assert "an-open-booking-takes-a-free-seat" in entry["entry"]


def test_senders_topics_and_lanes_are_counted_apart(store: Store, sender: MemoryOutbox) -> None:
    other = MemoryOutbox("letters", 1)
    receive(store, sender, calls(sender, 1, 2), react, acting)
    receive(store, other, calls(other, 3), react, acting)
    assert (at(store), position(store, "letters", CALLS, 0)) == (2, 1)
    assert position(store, "calls", CALLS, 1) == 0
    assert position(store, "calls", "staffetta.other.events", 0) == 0


def test_nothing_to_receive_changes_nothing(store: Store, sender: MemoryOutbox) -> None:
    before = everything(store)
    assert receive(store, sender, [], react, acting) == 0
    assert everything(store) == before


def test_how_far_each_lane_was_applied_is_known_by_lane(store: Store) -> None:
    request(store, "booking-1")
    sender = MemoryOutbox("calls", 1)
    receive(store, sender, calls(sender, 1, 2), react, acting)
    assert positions(store, "calls", CALLS) == {0: 2}
    assert positions(store, "others", CALLS) == positions(store, "calls", "other.events") == {}
