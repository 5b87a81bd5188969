"""While read tables are made again others write, and another rebuild may begin: nothing is lost."""

import threading
from collections.abc import Callable

import pytest
from eventsourcing.persistence import PersistenceError

from shared.runtime import rebuild as rebuilding
from shared.runtime.facts import Recorded
from shared.runtime.rebuild import rebuild
from shared.runtime.store import Store
from tests.support.asking import ask, request
from tests.support.bookings import NOW, SERVICE, TOMORROW, AddNote, InterpreterRequested
from tests.support.places import StorePlace, everything, read_tables
from tests.support.threads import at_once


def silently(_done: int, _total: int) -> None:
    """Nobody watches."""


@pytest.fixture
def used(store: Store) -> Store:
    """Some bookings, one of them forgotten."""
    for number in range(8):
        request(store, f"booking-{number}")
    ask(store, "booking-2", AddNote(text="forget"))
    return store


def test_what_is_written_between_two_batches_is_in_it(
    used: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rebuilding, "_BATCH", 3)
    left = ["booking-new-1", "booking-new-2"]

    def writes_meanwhile(_done: int, _total: int) -> None:
        if left:
            request(used, left.pop())
            ask(used, "booking-3", AddNote(text="forget"))

    rebuild(used, writes_meanwhile)
    keys = {row["key"] for row in read_tables(used)["bookings"]}
    assert {"booking-new-1", "booking-new-2"} <= keys
    assert "booking-3" not in keys


@pytest.mark.parametrize("writers", ["in this process", "in another process"])
def test_while_others_append_nothing_is_lost(
    place: StorePlace, writers: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A store opened twice is what another process is to it: connections of its own."""
    monkeypatch.setattr(rebuilding, "_BATCH", 20)
    store, other = place.open(SERVICE), place.open(SERVICE)
    ending, written = threading.Event(), list[str]()

    def write(writer: int) -> None:
        serving = store if writers == "in this process" else other
        while not ending.is_set() and len(written) < 400:
            stream = f"booking-{writer}-{len(written)}"
            request(serving, stream)
            written.append(stream)

    def rebuild_meanwhile() -> None:
        try:
            for _turn in range(4):
                rebuild(store, silently)
        finally:
            ending.set()

    at_once(4, lambda number: rebuild_meanwhile() if number == 0 else write(number))
    live = read_tables(store)
    assert written, "nobody wrote: nothing was tried"
    assert {row["key"] for row in live["bookings"]} == set(written)
    rebuild(store, silently)
    assert read_tables(store) == live
    store.close()
    other.close()


def test_what_is_written_after_the_last_look_and_before_the_swap_is_in_it(
    place: StorePlace,
) -> None:
    """An append that is under way holds the swap up, and is looked at before it."""
    store, other = place.open(SERVICE), place.open(SERVICE)
    request(store, "booking-1")
    read, under_way = threading.Event(), threading.Event()

    def at_the_end(_done: int, _total: int) -> None:
        read.set()
        assert under_way.wait(timeout=30)

    rebuilding_it = threading.Thread(target=rebuild, args=(store, at_the_end))
    rebuilding_it.start()
    assert read.wait(timeout=30)
    with other.transaction(commit=True) as run:
        run("UPDATE audit_head SET size = size WHERE id = 1")
        under_way.set()
        write_by_hand(run, "booking-late")
        rebuilding_it.join(timeout=0.5)
        assert rebuilding_it.is_alive(), "it did not wait for the append"
    rebuilding_it.join(timeout=30)
    assert [row["key"] for row in read_tables(store)["bookings"]] == ["booking-1", "booking-late"]
    store.close()
    other.close()


def write_by_hand(run: Callable[..., object], stream: str) -> None:
    """What an append writes of a request for an interpreter, within a transaction at hand."""
    asked = InterpreterRequested(language="sq", answer_by=TOMORROW)
    event = SERVICE.names.store(Recorded(stream, 1, asked, NOW, "op-1", "desk"))
    run(
        "INSERT INTO stored_events (originator_id, originator_version, topic, state)"
        " VALUES (?, ?, ?, ?)",
        (event.originator_id, event.originator_version, event.topic, event.state),
    )
    run("INSERT INTO bookings VALUES (?, 'open', 'sq')", (stream,))


@pytest.mark.parametrize("second", ["killed", "finished"])
def test_of_two_rebuilds_at_once_neither_leaves_a_table_with_holes(
    used: Store, monkeypatch: pytest.MonkeyPatch, second: str
) -> None:
    """The first may fail, loudly; what is live is whole."""
    monkeypatch.setattr(rebuilding, "_BATCH", 2)
    live, batches = read_tables(used), list[int]()

    def dies(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    def another_begins(_done: int, _total: int) -> None:
        batches.append(1)
        if len(batches) != 3:
            return
        if second == "finished":
            rebuild(used, silently)
            return
        with pytest.raises(KeyboardInterrupt):
            rebuild(used, dies)

    with pytest.raises(PersistenceError):
        rebuild(used, another_begins)
    assert read_tables(used) == live
    rebuild(used, silently)
    assert read_tables(used) == live


def test_what_a_killed_rebuild_left_is_cleared_away_by_the_next(used: Store) -> None:
    def dies(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    tables = set(everything(used))
    for _time in range(2):
        with pytest.raises(KeyboardInterrupt):
            rebuild(used, dies)
    rebuild(used, silently)
    assert set(everything(used)) == tables
