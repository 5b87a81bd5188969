"""The park while a replay, a discard and a receiver meet: in the midst of one, the other ends."""

from collections.abc import Callable, Sequence

import pytest

from shared.runtime.inbox import React, Reaction, receive
from shared.runtime.message import Message
from shared.runtime.parking import discard, parked, replay
from shared.runtime.store import Store
from tests.support.asking import by, request
from tests.support.outboxes import MemoryOutbox
from tests.wire.test_parking import CALLS, acting, healthy, notes, second_is_broken


@pytest.fixture
def told(store: Store) -> tuple[MemoryOutbox, list[Message]]:
    """Four messages of one lane, in turn about two bookings; the second is parked."""
    sender, names = MemoryOutbox("calls", 1), ("booking-1", "booking-2")
    for name in names:
        request(store, name)
    messages = [sender.publish(CALLS, names[number % 2], "call.came", {}) for number in range(4)]
    receive(store, sender, messages[:2], second_is_broken, acting)
    return sender, messages


def amid(number: int, react: React, also: Callable[[], object]) -> React:
    """While a message is decided on for the first time, something else is done from end to end."""
    done: list[Message] = []

    def reacting(message: Message) -> Sequence[Reaction]:
        if message.number == number and not done:
            done.append(message)
            also()
        return react(message)

    return reacting


def test_the_next_message_of_a_case_comes_while_its_last_parked_one_is_replayed(
    store: Store, told: tuple[MemoryOutbox, list[Message]]
) -> None:
    sender, messages = told
    replayed = amid(3, healthy, lambda: replay(store, "booking-2", healthy, acting))
    receive(store, sender, messages[2:], replayed, acting)
    assert parked(store) == []
    assert notes(store, "booking-2") == ("2", "4")
    assert notes(store, "booking-1") == ("1", "3")


def test_a_replay_goes_on_with_what_was_parked_meanwhile(
    store: Store, told: tuple[MemoryOutbox, list[Message]]
) -> None:
    sender, messages = told
    received = amid(2, healthy, lambda: receive(store, sender, messages[2:], healthy, acting))
    assert replay(store, "booking-2", received, acting) == 2
    assert parked(store) == []
    assert notes(store, "booking-2") == ("2", "4")


@pytest.mark.usefixtures("told")
def test_two_replays_apply_each_message_once(store: Store) -> None:
    other = amid(2, healthy, lambda: replay(store, "booking-2", healthy, acting))
    assert replay(store, "booking-2", other, acting) == 0
    assert notes(store, "booking-2") == ("2",)


@pytest.mark.usefixtures("told")
def test_what_is_discarded_meanwhile_is_not_applied(store: Store) -> None:
    (waiting,) = parked(store)
    given_up = amid(2, healthy, lambda: discard(store, waiting, "a test", by()))
    assert replay(store, "booking-2", given_up, acting) == 0
    assert (notes(store, "booking-2"), parked(store)) == ((), [])


@pytest.mark.usefixtures("told")
def test_what_is_discarded_meanwhile_is_not_parked_again(store: Store) -> None:
    (waiting,) = parked(store)
    given_up = amid(2, second_is_broken, lambda: discard(store, waiting, "a test", by()))
    assert replay(store, "booking-2", given_up, acting) == 0
    assert parked(store) == []


@pytest.mark.usefixtures("told")
def test_one_sender_that_still_fails_does_not_hold_up_the_other(store: Store) -> None:
    other = MemoryOutbox("letters", 1)
    letters = [other.publish(CALLS, "booking-2", "letter.came", {}) for _ in range(2)]
    receive(store, other, letters, second_is_broken, acting)

    def calls_are_broken(message: Message) -> Sequence[Reaction]:
        return second_is_broken(message) if message.sender == "calls" else healthy(message)

    assert replay(store, "booking-2", calls_are_broken, acting) == 1
    assert [(each.message.sender, each.fault) for each in parked(store)] == [("calls", "KeyError")]
