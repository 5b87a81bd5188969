"""A snapshot saves time and changes nothing; one that the code no longer stands by is not read."""

from dataclasses import replace

import pytest

from shared.runtime.append import Append
from shared.runtime.loading import fingerprint, load
from shared.runtime.rows import Snapshot
from shared.runtime.store import Store
from shared.runtime.work import SNAPSHOT_EVERY, Work
from tests.support.asking import ask, by, request
from tests.support.bookings import BOOKINGS, AddNote, Booking, Event

EVENTS = 120
FORGED = '{"status": "forged", "answer_by": "2026-03-08T21:30:00Z", "notes": [], "free_seats": 0}'


@pytest.fixture
def long(store: Store) -> Store:
    """One booking of 120 events."""
    request(store, "booking-1")
    for number in range(2, EVENTS + 1):
        ask(store, "booking-1", AddNote(text=f"note {number}"))
    return store


def snapshots(store: Store) -> list[tuple[str, int]]:
    found = store.rows("SELECT stream, version FROM snapshots")
    return [(row["stream"], row["version"]) for row in found]


def with_all_events(store: Store) -> Booking:
    state = BOOKINGS.initial
    for stored in store.events("booking-1"):
        event = store.service.names.recorded(stored).event
        state = BOOKINGS.evolve(state, event)  # type: ignore[arg-type]  # a booking's, all of them
    return state


def test_a_stream_of_120_events_loads_the_same_with_and_without_its_snapshot(long: Store) -> None:
    assert snapshots(long) == [("booking-1", EVENTS // SNAPSHOT_EVERY * SNAPSHOT_EVERY)]
    with_snapshot = load(long, BOOKINGS, "booking-1")
    with long.transaction(commit=True) as run:
        run("DELETE FROM snapshots")
    without = load(long, BOOKINGS, "booking-1")
    assert with_snapshot == without == (with_all_events(long), EVENTS)
    assert len(without[0].notes) == EVENTS - 1


def test_the_snapshot_is_read_and_only_what_came_after_it_is_loaded(long: Store) -> None:
    """Otherwise the test above would hold without any snapshot being used."""
    with long.transaction(commit=True) as run:
        run("UPDATE snapshots SET state = ?", (FORGED,))
    state, version = load(long, BOOKINGS, "booking-1")
    assert (state.status, version) == ("forged", EVENTS)
    assert len(state.notes) == EVENTS % SNAPSHOT_EVERY


def test_a_snapshot_with_another_fingerprint_is_ignored(long: Store) -> None:
    with long.transaction(commit=True) as run:
        run("UPDATE snapshots SET state = ?, fingerprint = 'of older code'", (FORGED,))
    assert load(long, BOOKINGS, "booking-1") == (with_all_events(long), EVENTS)


def test_a_snapshot_of_older_code_is_replaced_at_the_next_mark(long: Store) -> None:
    with long.transaction(commit=True) as run:
        run("UPDATE snapshots SET state = ?, fingerprint = 'of older code'", (FORGED,))
    for number in range(EVENTS % SNAPSHOT_EVERY, SNAPSHOT_EVERY):
        ask(long, "booking-1", AddNote(text=f"later {number}"))
    (taken,) = long.rows("SELECT version, fingerprint FROM snapshots")
    assert (taken["version"], taken["fingerprint"]) == (150, fingerprint(BOOKINGS))
    assert load(long, BOOKINGS, "booking-1") == (with_all_events(long), 150)


def test_an_older_snapshot_does_not_take_the_place_of_a_newer_one(long: Store) -> None:
    older = Snapshot("booking-1", SNAPSHOT_EVERY, fingerprint(BOOKINGS), FORGED)
    long.append([], Append(snapshots=[older]))
    assert snapshots(long) == [("booking-1", EVENTS // SNAPSHOT_EVERY * SNAPSHOT_EVERY)]
    assert load(long, BOOKINGS, "booking-1") == (with_all_events(long), EVENTS)


def test_the_fingerprint_follows_the_code_that_evolves_the_state() -> None:
    def elsewhere(booking: Booking, _event: Event) -> Booking:
        return booking

    other = replace(BOOKINGS, evolve=elsewhere)
    assert fingerprint(other) != fingerprint(BOOKINGS)
    assert fingerprint(replace(BOOKINGS)) == fingerprint(BOOKINGS)


def test_a_short_stream_has_no_snapshot(store: Store) -> None:
    request(store, "booking-1")
    for number in range(2, SNAPSHOT_EVERY):
        ask(store, "booking-1", AddNote(text=f"note {number}"))
    assert snapshots(store) == []
    ask(store, "booking-1", AddNote(text="the fiftieth"))
    assert snapshots(store) == [("booking-1", SNAPSHOT_EVERY)]


def test_several_events_of_one_append_that_pass_the_mark_are_all_in_it(store: Store) -> None:
    request(store, "booking-1")
    work = Work(store)
    for number in range(60):
        work.decide(BOOKINGS, "booking-1", AddNote(text=f"note {number}"), by())
    work.commit()
    assert snapshots(store) == [("booking-1", 61)]
    assert load(store, BOOKINGS, "booking-1") == (with_all_events(store), 61)
