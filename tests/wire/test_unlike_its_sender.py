"""What a broker brings that its sender did not write: spoilt copies, and numbers beyond its end."""

import json
from collections.abc import Sequence
from dataclasses import replace
from io import StringIO

import pytest

from shared.runtime.arrived import CannotHeal
from shared.runtime.facts import Acting
from shared.runtime.inbox import Reaction, catch_up, position, receive
from shared.runtime.message import Message
from shared.runtime.parking import parked
from shared.runtime.store import Store
from tests.support.asking import booking, by, request
from tests.support.bookings import BOOKINGS, AddNote
from tests.support.outboxes import MemoryOutbox
from tests.support.places import everything

CALLS, BOOKING = "staffetta.calls.events", "booking-1"


def react(message: Message) -> Sequence[Reaction]:
    return [Reaction(BOOKINGS, BOOKING, AddNote(text=str(json.loads(message.data)["call"])))]


def acting(message: Message) -> Acting:
    return by(operator=message.sender)


@pytest.fixture
def sender(store: Store) -> MemoryOutbox:
    request(store, BOOKING)
    return MemoryOutbox("calls", 1)


def calls(sender: MemoryOutbox, *numbers: int) -> list[Message]:
    return [sender.publish(CALLS, BOOKING, "call.came", {"call": number}) for number in numbers]


def heard(store: Store) -> tuple[str, ...]:
    return booking(store, BOOKING).notes


@pytest.mark.parametrize("jump", [5, 10**15], ids=["a little", "too far to count"])
def test_a_number_beyond_all_that_was_written_holds_nothing_up(
    store: Store, sender: MemoryOutbox, jump: int, lines: StringIO
) -> None:
    first, second = calls(sender, 1, 2)
    assert receive(store, sender, [first, replace(second, number=jump)], react, acting) == 1
    assert heard(store) == ("1",)
    assert '"unwritten"' in lines.getvalue()
    assert receive(store, sender, [second, *calls(sender, 3)], react, acting) == 2
    assert heard(store) == ("1", "2", "3")


def test_nothing_but_such_a_number_changes_nothing(store: Store, sender: MemoryOutbox) -> None:
    (told,) = calls(sender, 1)
    before = everything(store)
    assert receive(store, sender, [replace(told, number=9)], react, acting) == 0
    assert everything(store) == before


def test_what_the_sender_wrote_behind_a_gap_is_fetched_though_a_number_lies_beyond(
    store: Store, sender: MemoryOutbox
) -> None:
    told = calls(sender, 1, 2, 3)
    assert receive(store, sender, [told[2], replace(told[2], number=70)], react, acting) == 3
    assert heard(store) == ("1", "2", "3")


def test_a_copy_that_was_spoilt_on_the_way_is_replaced_by_the_senders_own(
    store: Store, sender: MemoryOutbox, lines: StringIO
) -> None:
    told = calls(sender, 1, 2, 3)
    spoilt = [told[0], replace(told[1], data='{"ca'), replace(told[2], data="{}")]
    assert receive(store, sender, spoilt, react, acting) == 3
    assert (heard(store), parked(store)) == (("1", "2", "3"), [])
    assert '"parked"' not in lines.getvalue()


def test_what_its_sender_wrote_broken_is_parked(store: Store, sender: MemoryOutbox) -> None:
    first, last = calls(sender, 1)[0], sender.publish(CALLS, "booking-2", "call.came", {})
    told = [first, last, *calls(sender, 3)]
    assert receive(store, sender, told, react, acting) == 3
    assert heard(store) == ("1", "3")
    assert [(each.message.number, each.fault) for each in parked(store)] == [(2, "KeyError")]


def test_a_broken_message_that_nobody_wrote_leaves_its_number_to_the_real_one(
    store: Store, sender: MemoryOutbox
) -> None:
    (told,) = calls(sender, 1)
    forged = replace(told, number=2, data="broken")
    assert receive(store, sender, [told, forged], react, acting) == 1
    assert receive(store, sender, [forged], react, acting) == 0
    assert (heard(store), parked(store)) == (("1",), [])
    assert position(store, "calls", CALLS, 0) == 1
    assert receive(store, sender, calls(sender, 2), react, acting) == 1
    assert heard(store) == ("1", "2")


def test_what_follows_a_message_that_nobody_wrote_waits_for_the_real_one(
    store: Store, sender: MemoryOutbox
) -> None:
    (told,) = calls(sender, 1)
    forged = [replace(told, number=2, data="broken"), replace(told, number=3)]
    assert receive(store, sender, [told, *forged], react, acting) == 1
    assert position(store, "calls", CALLS, 0) == 1


def test_a_number_that_nobody_wrote_is_told_and_a_gap_is_not(
    store: Store, sender: MemoryOutbox, lines: StringIO
) -> None:
    told = calls(sender, 1, 2, 3)
    assert receive(store, sender, told[2:], react, acting) == 3
    assert "unwritten" not in lines.getvalue()
    receive(store, sender, [replace(told[2], number=70)], react, acting)
    line = json.loads(lines.getvalue())
    assert (line["event"], line["level"]) == ("unwritten", "error")
    assert (line["service"], line["sender"], line["topic"]) == ("bookings", "calls", CALLS)


def test_in_a_lane_that_the_sender_has_not_nobody_wrote_anything(
    store: Store, sender: MemoryOutbox
) -> None:
    (told,) = calls(sender, 1)
    elsewhere = [replace(told, lane=7, number=number) for number in (1, 3)]
    assert receive(store, sender, elsewhere, react, acting) == 0
    assert heard(store) == ()


def test_a_sender_that_tells_something_else_now_is_not_followed(
    store: Store, sender: MemoryOutbox
) -> None:
    receive(store, sender, calls(sender, 1), react, acting)
    another = MemoryOutbox("calls", 1)
    calls(another, 7, 8)
    with pytest.raises(CannotHeal, match="tells something else now"):
        catch_up(store, another, CALLS, react, acting)
    assert heard(store) == ("1",)
