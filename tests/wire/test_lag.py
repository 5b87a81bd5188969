"""How far behind a service is, on both stores."""

import pytest

from shared.runtime import lag
from shared.runtime.inbox import Reaction, receive
from shared.runtime.message import Message
from shared.runtime.store import Store
from tests.support.asking import request
from tests.support.bookings import BOOKINGS, AddNote
from tests.support.outboxes import MemoryOutbox
from tests.wire.test_parking import CALLS, acting


def react(message: Message) -> list[Reaction]:
    return [Reaction(BOOKINGS, message.key, AddNote(text="a call"))]


def test_what_was_not_sent_is_counted_lane_by_lane(store: Store) -> None:
    assert lag.unsent(store) == 0
    for number in range(4):
        request(store, f"booking-{number}")
    written = store.rows("SELECT topic, lane, last FROM lanes WHERE last > 0 ORDER BY lane")
    assert lag.unsent(store) == sum(row["last"] for row in written) > 0
    with store.transaction(commit=True) as run:
        for row in written:
            run("INSERT INTO relayed VALUES (?, ?, ?)", (row["topic"], row["lane"], row["last"]))
    assert lag.unsent(store) == 0


def test_what_was_not_applied_is_counted(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    request(store, "booking-1")
    sender = MemoryOutbox("calls", 3)
    messages = [sender.publish(CALLS, "booking-1", "call.came", {}) for _ in range(5)]
    senders = {"calls": sender}
    assert lag.unapplied(store, sender, CALLS) == 5
    assert lag.lag_trouble(store, [("calls", CALLS)], senders) == ""
    monkeypatch.setattr(lag, "TOO_MANY", 4)
    told = lag.lag_trouble(store, [("calls", CALLS)], senders)
    assert told == "5 messages of calls not applied"
    receive(store, sender, messages[:1], react, acting)
    assert lag.lag_trouble(store, [("calls", CALLS)], senders) == ""
    receive(store, sender, messages, react, acting)
    assert lag.unapplied(store, sender, CALLS) == 0
