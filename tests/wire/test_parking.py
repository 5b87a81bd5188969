"""A message that cannot be applied parks its case only, and can be replayed in order."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from shared.runtime.facts import Acting
from shared.runtime.inbox import React, Reaction, position, receive
from shared.runtime.message import Message
from shared.runtime.parking import OutOfTurn, discard, parked, replay
from shared.runtime.store import Store
from shared.runtime.trace import Told, trace
from shared.telling import Saying
from tests.support.asking import booking, by, request
from tests.support.bookings import BOOKINGS, AddNote
from tests.support.outboxes import MemoryOutbox

CALLS = "staffetta.calls.events"


def reacting(broken: Callable[[Message], bool]) -> React:
    def react(message: Message) -> Sequence[Reaction]:
        if broken(message):
            raise KeyError("personal words that nobody may see")
        return [Reaction(BOOKINGS, message.key, AddNote(text=str(message.number)))]

    return react


def acting(message: Message) -> Acting:
    return by(operator=message.sender)


healthy = reacting(lambda _message: False)
second_is_broken = reacting(lambda message: message.number == 2)


@pytest.fixture
def told(store: Store) -> tuple[MemoryOutbox, list[Message]]:
    """Six messages of one lane, in turn about two bookings."""
    sender, names = MemoryOutbox("calls", 1), ("booking-1", "booking-2")
    for name in names:
        request(store, name)
    return sender, [
        sender.publish(CALLS, names[number % 2], "call.came", {}) for number in range(6)
    ]


def notes(store: Store, name: str) -> tuple[str, ...]:
    return booking(store, name).notes


def test_the_case_waits_in_order_and_others_go_on(
    store: Store, told: tuple[MemoryOutbox, list[Message]]
) -> None:
    sender, messages = told
    receive(store, sender, messages, second_is_broken, acting)
    assert notes(store, "booking-1") == ("1", "3", "5")
    assert notes(store, "booking-2") == ()
    assert [(each.message.number, each.fault) for each in parked(store)] == [
        (2, "KeyError"),
        (4, ""),
        (6, ""),
    ]
    assert position(store, "calls", CALLS, 0) == 6


def test_what_comes_later_of_a_parked_case_waits_too(
    store: Store, told: tuple[MemoryOutbox, list[Message]]
) -> None:
    sender, messages = told
    receive(store, sender, messages[:2], second_is_broken, acting)
    receive(store, sender, messages[2:], healthy, acting)
    assert notes(store, "booking-2") == ()
    assert [each.message.number for each in parked(store, "booking-2")] == [2, 4, 6]


def test_another_senders_messages_of_the_case_do_not_wait(
    store: Store, told: tuple[MemoryOutbox, list[Message]]
) -> None:
    sender, messages = told
    receive(store, sender, messages[:2], second_is_broken, acting)
    other = MemoryOutbox("letters", 1)
    letter = other.publish(CALLS, "booking-2", "letter.came", {})
    receive(store, other, [letter], healthy, acting)
    assert notes(store, "booking-2") == ("1",)


def test_a_replay_applies_them_in_order(
    store: Store, told: tuple[MemoryOutbox, list[Message]]
) -> None:
    sender, messages = told
    receive(store, sender, messages, second_is_broken, acting)
    assert replay(store, "booking-2", healthy, acting) == 3
    assert notes(store, "booking-2") == ("2", "4", "6")
    assert parked(store) == []


def test_a_replay_stops_where_it_still_fails(
    store: Store, told: tuple[MemoryOutbox, list[Message]]
) -> None:
    sender, messages = told
    receive(store, sender, messages, second_is_broken, acting)
    assert replay(store, "booking-2", reacting(lambda told: told.number == 4), acting) == 1
    assert notes(store, "booking-2") == ("2",)
    assert [(each.message.number, each.fault) for each in parked(store)] == [
        (4, "KeyError"),
        (6, ""),
    ]


def test_what_is_discarded_is_kept_in_the_audit_log_with_the_reason(
    store: Store, told: tuple[MemoryOutbox, list[Message]]
) -> None:
    sender, messages = told
    receive(store, sender, messages, second_is_broken, acting)
    discard(store, parked(store)[0], "sent by a test system", by())
    (entry,) = store.rows("SELECT entry FROM audit WHERE entry LIKE ?", ("%discard%",))
    assert "call.came 2: sent by a test system" in entry["entry"]
    assert replay(store, "booking-2", healthy, acting) == 2
    assert notes(store, "booking-2") == ("4", "6")


def test_who_only_waits_cannot_be_discarded(
    store: Store, told: tuple[MemoryOutbox, list[Message]]
) -> None:
    sender, messages = told
    receive(store, sender, messages, second_is_broken, acting)
    first, second, _third = parked(store)
    with pytest.raises(OutOfTurn):
        discard(store, second, "in a hurry", by())
    discard(store, first, "sent by a test system", by())
    with pytest.raises(OutOfTurn):
        discard(store, first, "sent by a test system", by())
    assert [each.message.number for each in parked(store)] == [4, 6]


def test_a_discarded_message_shows_in_the_trace(
    store: Store, told: tuple[MemoryOutbox, list[Message]]
) -> None:
    sender, messages = told
    receive(store, sender, messages, second_is_broken, acting)
    discard(store, parked(store)[0], "sent by a test system", by())
    say = Saying("shared.telling.texts").entry
    lines = trace(store, ["booking-2"], lambda fact: Told(type(fact).__name__), say)
    (line,) = [line for line in lines if line.kind == "discard"]
    assert line.what == "gave a message up: call.came 2: sent by a test system"
    assert (line.operator, line.organisation) == ("op-1", "desk")


def test_nothing_that_a_broken_message_had_begun_remains(
    store: Store, told: tuple[MemoryOutbox, list[Message]]
) -> None:
    sender, messages = told

    def half_broken(message: Message) -> Sequence[Reaction]:
        first = Reaction(BOOKINGS, message.key, AddNote(text=str(message.number)))
        if message.number != 2:
            return [first]
        return [first, Reaction(BOOKINGS, message.key, "no command at all")]  # type: ignore[arg-type]  # that is the fault

    receive(store, sender, messages[:3], half_broken, acting)
    assert notes(store, "booking-2") == ()
    assert notes(store, "booking-1") == ("1", "3")


def test_what_waits_for_nothing_lets_those_behind_it_go_on_too(
    store: Store, told: tuple[MemoryOutbox, list[Message]]
) -> None:
    sender, messages = told
    receive(store, sender, messages[:2], second_is_broken, acting)
    store.service = replace(store.service, unheld=frozenset({"call.urgent"}))
    urgent = sender.publish(CALLS, "booking-2", "call.urgent", {})
    behind = sender.publish(CALLS, "booking-2", "call.came", {})
    receive(store, sender, [*messages[2:], urgent, behind], healthy, acting)
    assert notes(store, "booking-2") == ("7", "8")
