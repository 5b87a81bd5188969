"""What was heard is kept for a while; a sender that tells another story is noticed."""

from collections.abc import Sequence

import pytest

from shared.runtime import keeping
from shared.runtime.arrived import CannotHeal
from shared.runtime.facts import Acting
from shared.runtime.heard import kept
from shared.runtime.inbox import Reaction, catch_up, receive
from shared.runtime.message import Message
from shared.runtime.store import Store
from tests.support.asking import by, request
from tests.support.bookings import BOOKINGS, AddNote
from tests.support.outboxes import MemoryOutbox
from tests.support.places import everything

CALLS = "staffetta.calls.events"


def react(message: Message) -> Sequence[Reaction]:
    return [Reaction(BOOKINGS, message.key, AddNote(text=message.data))]


def acting(message: Message) -> Acting:
    return by(operator=message.sender)


def calls(sender: MemoryOutbox, count: int) -> list[Message]:
    return [sender.publish(CALLS, "booking-1", "call.came", {}) for _ in range(count)]


@pytest.fixture
def sender(store: Store) -> MemoryOutbox:
    request(store, "booking-1")
    return MemoryOutbox("calls", 1)


def test_it_is_kept_word_for_word(store: Store, sender: MemoryOutbox) -> None:
    told = calls(sender, 3)
    receive(store, sender, told, react, acting)
    assert kept(store, "calls", CALLS, 0, 0) == told
    assert kept(store, "calls", CALLS, 0, 2) == told[2:]
    assert kept(store, "calls", CALLS, 1, 0) == kept(store, "letters", CALLS, 0, 0) == []


def test_the_oldest_are_let_go(
    store: Store, sender: MemoryOutbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "KEPT", 20)
    monkeypatch.setattr(keeping, "CLEARED_EVERY", 5)
    other = MemoryOutbox("letters", 1)
    receive(store, other, calls(other, 2), react, acting)
    for message in calls(sender, 63):
        receive(store, sender, [message], react, acting)
    numbers = [message.number for message in kept(store, "calls", CALLS, 0, 0)]
    assert numbers == list(range(41, 64))
    assert len(kept(store, "letters", CALLS, 0, 0)) == 2


@pytest.mark.parametrize("further", [1, 5])
def test_a_sender_that_used_a_number_twice_is_noticed_when_it_goes_on(
    store: Store, sender: MemoryOutbox, further: int
) -> None:
    """It was restored to an older state, and wrote until its numbers were as high again."""
    told = calls(sender, 3)
    receive(store, sender, told, react, acting)
    before = everything(store)
    forked = MemoryOutbox("calls", 1)
    again = calls(forked, 3 + further)
    with pytest.raises(CannotHeal, match="something else"):
        catch_up(store, forked, CALLS, react, acting)
    # What a broker brings again may be anybody's: it is skipped, and holds nobody up.
    assert receive(store, forked, again[:3], react, acting) == 0
    assert everything(store) == before


def test_of_what_is_no_longer_kept_nothing_is_said(store: Store, sender: MemoryOutbox) -> None:
    receive(store, sender, calls(sender, 3), react, acting)
    with store.transaction(commit=True) as run:
        run("DELETE FROM heard")
    other = MemoryOutbox("calls", 1)
    calls(other, 4)
    assert catch_up(store, other, CALLS, react, acting) == 1
