"""One append writes all of it: events, outbox, audit leaves, read tables, timers, answers."""

import json
from collections.abc import Mapping
from datetime import datetime

from shared.runtime.append import instant
from shared.runtime.handle import Key, handle
from shared.runtime.mapper import envelope
from shared.runtime.store import Row, Store
from shared.runtime.work import lane_of
from shared.trust.merkle import leaf_hash
from tests.support.asking import ask, by, open_desk, request
from tests.support.bookings import (
    BOOKINGS,
    LANES,
    NOW,
    TOMORROW,
    TOPIC,
    AcceptBooking,
    RequestInterpreter,
)
from tests.support.places import everything

ASKED = RequestInterpreter(language="sq")


def written(before: Mapping[str, list[Row]], after: Mapping[str, list[Row]]) -> set[str]:
    return {name for name, rows in after.items() if rows != before[name]}


def test_one_command_writes_into_every_table_that_it_concerns(store: Store) -> None:
    before = everything(store)
    handle(store, BOOKINGS, "booking-1", ASKED, by(), key=Key("desk/op-1", "k-1"))
    after = everything(store)
    assert written(before, after) == {
        "stored_events",
        "outbox",
        "lanes",
        "audit",
        "audit_head",
        "bookings",
        "timers",
        "answers",
    }


def test_an_event_is_stored_under_its_name_with_when_by_whom_and_for_whom(store: Store) -> None:
    request(store, "booking-1")
    (stored,) = store.events("booking-1")
    assert (stored.originator_version, stored.topic) == (1, "booking.requested.v3")
    told = json.loads(stored.state)
    assert (told["by"], told["org"], told["data"]["language"]) == ("op-1", "desk", "sq")
    recorded = store.service.names.recorded(stored)
    assert (recorded.at, recorded.version, recorded.stream) == (NOW, 1, "booking-1")


def test_the_numbers_of_each_lane_are_dense_from_one(store: Store) -> None:
    for number in range(30):
        request(store, f"booking-{number}")
    rows = store.rows("SELECT lane, number, subject FROM outbox ORDER BY lane, number")
    for lane in range(LANES):
        here = [row for row in rows if row["lane"] == lane]
        assert [row["number"] for row in here] == list(range(1, len(here) + 1))
        assert all(lane_of(row["subject"], LANES) == lane for row in here)
    assert len(rows) == 30


def test_several_rows_of_one_append_are_numbered_in_the_order_of_their_facts(store: Store) -> None:
    open_desk(store, "desk-1", 1)
    open_desk(store, "desk-1", 2)
    rows = store.rows("SELECT number, data FROM outbox WHERE topic = ? ORDER BY number", (TOPIC,))
    seats = [(row["number"], json.loads(row["data"])["seats"]) for row in rows]
    assert seats == [(1, "1"), (2, "2")]


def test_the_audit_index_is_dense_from_zero_and_each_leaf_is_recomputable(store: Store) -> None:
    open_desk(store, "desk-1", 5)
    request(store, "booking-1")
    ask(store, "booking-1", AcceptBooking(desk="desk-1"))
    leaves = store.rows("SELECT * FROM audit ORDER BY idx")
    assert [leaf["idx"] for leaf in leaves] == [0, 1, 2, 3]
    assert store.rows("SELECT size FROM audit_head") == [{"size": 4}]
    for leaf in leaves:
        (stored,) = store.recorder.select_events(
            leaf["stream"], gt=leaf["version"] - 1, lte=leaf["version"]
        )
        assert bytes(leaf["hash"]) == leaf_hash(envelope("bookings", stored))


def test_a_decision_on_two_streams_becomes_true_in_both(store: Store) -> None:
    open_desk(store, "desk-1", 5)
    request(store, "booking-1")
    ask(store, "booking-1", AcceptBooking(desk="desk-1"))
    assert [stored.topic for stored in store.events("desk-1")] == [
        "desk.opened.v1",
        "desk.seat-taken.v1",
    ]
    assert store.events("booking-1")[-1].topic == "booking.accepted.v1"


def test_an_accepted_booking_clears_its_timer_and_changes_its_row(store: Store) -> None:
    open_desk(store, "desk-1", 5)
    request(store, "booking-1")
    (timer,) = store.rows("SELECT * FROM timers")
    assert (timer["stream"], timer["due"]) == ("booking-1", instant(TOMORROW))
    ask(store, "booking-1", AcceptBooking(desk="desk-1"))
    assert store.rows("SELECT * FROM timers") == []
    assert store.rows("SELECT * FROM bookings") == [
        {"key": "booking-1", "status": "accepted", "language": "sq"}
    ]


def test_an_instant_is_utc_whatever_the_offset_it_came_with() -> None:
    assert instant(datetime.fromisoformat("2026-03-08T23:30:00+02:00")) == (
        "2026-03-08T21:30:00.000000Z"
    )
