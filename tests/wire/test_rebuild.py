"""Read tables made again from the log equal the live ones."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.runtime.facts import Refused, Request
from shared.runtime.rebuild import rebuild
from shared.runtime.store import Store
from tests.support.asking import ask, open_desk, request
from tests.support.bookings import SERVICE, AcceptBooking, AddNote
from tests.support.places import new_place, read_tables


def silently(_done: int, _total: int) -> None:
    """Nobody watches."""


@pytest.fixture
def used(store: Store) -> Store:
    """Some bookings, one accepted, one forgotten, and a desk."""
    open_desk(store, "desk-1", 3)
    for number in range(6):
        request(store, f"booking-{number}")
    ask(store, "booking-1", AcceptBooking(desk="desk-1"))
    ask(store, "booking-2", AddNote(text="forget"))
    return store


def spoil(store: Store) -> None:
    with store.transaction(commit=True) as run:
        run("UPDATE bookings SET status = 'wrong'")
        run("DELETE FROM desks")


def test_a_rebuild_equals_the_live_tables(used: Store) -> None:
    live = read_tables(used)
    spoil(used)
    assert read_tables(used) != live
    assert rebuild(used, silently) == len(used.recorder.select_notifications(1, 1_000))
    assert read_tables(used) == live


def test_a_rebuild_can_be_made_again_and_again_and_the_tables_stay_writable(used: Store) -> None:
    for turn in range(3):
        rebuild(used, silently)
        request(used, f"booking-after-{turn}")
    live = read_tables(used)
    assert len(live["bookings"]) == 8
    rebuild(used, silently)
    assert read_tables(used) == live


def test_the_indexes_are_there_again(used: Store) -> None:
    rebuild(used, silently)
    found = (
        "SELECT indexdef AS sql FROM pg_indexes WHERE tablename = 'bookings'"
        if used.on_postgres
        else "SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'bookings'"
    )
    assert [row["sql"] for row in used.rows(found) if "(status, key)" in str(row["sql"])]


def test_progress_is_told_in_events_up_to_the_end(used: Store) -> None:
    told: list[tuple[int, int]] = []
    events = rebuild(used, lambda done, total: told.append((done, total)))
    assert told[-1] == (events, events)
    assert [done for done, _total in told] == sorted(done for done, _total in told)


def test_an_empty_store_is_rebuilt_to_empty_tables(store: Store) -> None:
    assert rebuild(store, silently) == 0
    assert read_tables(store) == {"bookings": [], "desks": []}


def test_killed_midway_it_leaves_the_live_tables_and_can_be_made_later(used: Store) -> None:
    live = read_tables(used)
    with pytest.raises(KeyboardInterrupt):
        rebuild(used, _killed)
    assert read_tables(used) == live
    request(used, "booking-9")
    spoil(used)
    rebuild(used, silently)
    assert len(read_tables(used)["bookings"]) == len(live["bookings"]) + 1
    assert read_tables(used)["desks"] == live["desks"]


def _killed(_done: int, _total: int) -> None:
    raise KeyboardInterrupt


STREAMS = st.sampled_from(["booking-1", "booking-2", "booking-3"])
ASKED: st.SearchStrategy[Request] = st.sampled_from(
    [AcceptBooking(desk="desk-1"), AddNote(text="forget"), AddNote(text="seen")]
)


@given(history=st.lists(st.tuples(STREAMS, ASKED), max_size=12))
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_happened_a_rebuild_equals_the_live_tables(
    kind: str, tmp_path: Path, history: Sequence[tuple[str, Request]]
) -> None:
    store = new_place(kind, tmp_path).open(SERVICE)
    open_desk(store, "desk-1", 2)
    for stream, command in history:
        try:
            request(store, stream)
            ask(store, stream, command)
        except Refused:
            ask(store, stream, AddNote(text="again"))
    live = read_tables(store)
    spoil(store)
    rebuild(store, silently)
    assert read_tables(store) == live
    store.close()
