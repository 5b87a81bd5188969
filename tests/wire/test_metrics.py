"""What is counted where it happens, and what a scrape reads, on both stores."""

from datetime import datetime, timedelta

import pytest
from prometheus_client import REGISTRY, CollectorRegistry

from shared.runtime.facts import Refused
from shared.runtime.inbox import receive
from shared.runtime.scraping import Scrape
from shared.runtime.store import Store
from tests.support.asking import ask, request
from tests.support.bookings import NOW, SERVICE, TOMORROW, TOPIC, AcceptBooking, RequestInterpreter
from tests.support.outboxes import MemoryOutbox
from tests.support.places import StorePlace
from tests.wire.test_inbox import CALLS, acting, calls, react

HEARD = {"service": "bookings", "sender": "calls", "topic": CALLS}
LANE = HEARD | {"lane": "0"}


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(f"staffetta_{name}", {"service": "bookings"} | labels) or 0.0


class Clock:
    now = NOW

    def __call__(self) -> datetime:
        return self.now


class Scraping:
    """A registry of its own with one service in it."""

    def __init__(self, store: Store, sender: MemoryOutbox) -> None:
        self.clock, self.registry = Clock(), CollectorRegistry()
        topics, senders = [("calls", CALLS)], {"calls": sender}
        self.registry.register(Scrape(store, topics, senders, self.clock, relays=True))

    def value(self, name: str, labels: dict[str, str]) -> float | None:
        return self.registry.get_sample_value(f"staffetta_{name}", labels)

    def after(self, seconds: int) -> None:
        self.clock.now += timedelta(seconds=seconds)


@pytest.fixture
def sender() -> MemoryOutbox:
    return MemoryOutbox("calls", 1)


@pytest.fixture
def scraping(store: Store, sender: MemoryOutbox) -> Scraping:
    return Scraping(store, sender)


def test_a_command_is_counted_once_by_what_came_of_it(store: Store) -> None:
    def outcomes() -> list[float]:
        told = ("done", "repeated", "refused")
        return [counted("commands_total", command="RequestInterpreter", outcome=of) for of in told]

    before = outcomes()
    for _ in range(2):
        ask(store, "booking-1", RequestInterpreter(language="sq"), key="one")
    for _ in range(2):
        with pytest.raises(Refused):
            ask(store, "booking-1", RequestInterpreter(language="sq"), key="two")
    assert [now - then for now, then in zip(outcomes(), before, strict=True)] == [1, 2, 1]


def test_a_refusal_is_counted_by_its_rule(store: Store, sender: MemoryOutbox) -> None:
    rule = "an-open-booking-takes-a-free-seat"
    before = counted("refusals_total", rule=rule)
    request(store, "booking-1")
    with pytest.raises(Refused):
        ask(store, "booking-1", AcceptBooking(desk="desk-none"))
    told = [sender.publish(CALLS, "booking-1", "call.refused", {})]
    receive(store, sender, told, react, acting)
    assert counted("refusals_total", rule=rule) == before + 2


def test_an_append_is_timed(store: Store) -> None:
    before = counted("append_seconds_count")
    request(store, "booking-1")
    assert counted("append_seconds_count") == before + 1


def test_a_gap_that_was_healed_is_counted_with_what_was_fetched(
    store: Store, sender: MemoryOutbox
) -> None:
    request(store, "booking-1")
    by = {"sender": "calls", "topic": CALLS}
    before = counted("gaps_healed_total", **by), counted("messages_fetched_total", **by)
    first, _lost, _lost_too, fourth = calls(sender, 1, 2, 3, 4)
    receive(store, sender, [first, fourth], react, acting)
    after = counted("gaps_healed_total", **by), counted("messages_fetched_total", **by)
    assert (after[0] - before[0], after[1] - before[1]) == (1, 2)


def test_lag_is_what_the_sender_has_written_and_is_not_applied(
    store: Store, sender: MemoryOutbox, scraping: Scraping
) -> None:
    request(store, "booking-1")
    told = calls(sender, 1, 2)
    assert scraping.value("lag_messages", LANE) == 2
    scraping.after(30)
    told += calls(sender, 3)
    assert scraping.value("lag_seconds", LANE) == 30
    receive(store, sender, told[:2], react, acting)
    scraping.after(10)
    assert scraping.value("lag_messages", LANE) == 1
    assert scraping.value("lag_seconds", LANE) == 10, "the third was first seen after thirty"
    receive(store, sender, told, react, acting)
    assert scraping.value("lag_seconds", LANE) == 0


def test_the_outbox_stands_until_it_is_relayed(store: Store, scraping: Scraping) -> None:
    request(store, "booking-1")
    (lane,) = [row for row in store.rows("SELECT * FROM lanes") if row["last"]]
    labels = {"service": "bookings", "topic": TOPIC, "lane": str(lane["lane"])}
    assert scraping.value("outbox_depth", labels) == 1
    scraping.after(60)
    assert scraping.value("outbox_waiting_seconds", labels) == 60
    with store.transaction(commit=True) as run:
        run("INSERT INTO relayed VALUES (?, ?, ?)", (TOPIC, lane["lane"], 1))
    assert scraping.value("outbox_depth", labels) == 0
    assert scraping.value("outbox_waiting_seconds", labels) == 0


def test_what_is_parked_is_counted(store: Store, sender: MemoryOutbox, scraping: Scraping) -> None:
    assert scraping.value("parked", HEARD) == 0

    def faulty(_message: object) -> list[object]:
        raise KeyError

    receive(store, sender, calls(sender, 1, 2), faulty, acting)  # type: ignore[arg-type]  # it raises
    assert scraping.value("parked", HEARD) == 2


def test_timers_that_nobody_fires_are_seen(store: Store, scraping: Scraping) -> None:
    request(store, "booking-1")
    of = {"service": "bookings"}
    assert scraping.value("timers_overdue", of) == 0
    scraping.clock.now = TOMORROW + timedelta(seconds=90)
    assert scraping.value("timers_overdue", of) == 1
    assert scraping.value("timers_overdue_seconds", of) == 90


def test_a_sender_that_does_not_answer_takes_nothing_else_away(
    scraping: Scraping, sender: MemoryOutbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_topic: str) -> dict[int, int]:
        raise ConnectionError

    assert scraping.value("sender_answers", HEARD) == 1
    monkeypatch.setattr(sender, "heads", away)
    assert scraping.value("sender_answers", HEARD) == 0
    assert scraping.value("lag_messages", LANE) is None, "unknown is not none"
    assert scraping.value("parked", HEARD) == 0


def test_a_store_that_does_not_answer_is_told_and_not_passed_over(
    store: Store, scraping: Scraping
) -> None:
    of = {"service": "bookings"}
    assert scraping.value("store_answers", of) == 1
    with store.transaction(commit=True) as run:
        run("DROP TABLE parked")
    assert scraping.value("store_answers", of) == 0


def test_a_store_of_an_earlier_version_gets_what_it_lacks(place: StorePlace) -> None:
    store = place.open(SERVICE)
    request(store, "booking-1")
    with store.transaction(commit=True) as run:
        for table in ("outbox", "parked"):
            run(f"ALTER TABLE {table} DROP COLUMN trace")
    store.close()
    again = place.open(SERVICE)
    request(again, "booking-2")
    assert [row["trace"] for row in again.rows("SELECT trace FROM outbox")] == ["", ""]
    assert again.rows("SELECT trace FROM parked") == []
    again.close()
