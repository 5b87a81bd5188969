"""Processes that start together on a new store: each may be first, and none may fail."""

import hashlib
import sqlite3
import threading
from collections.abc import Sequence
from contextlib import closing
from multiprocessing import get_context
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest

from shared.runtime.outbox import StoreOutbox
from shared.runtime.store import Store
from tests.support.asking import request
from tests.support.bookings import LANES, SERVICE, TOPIC
from tests.support.places import StorePlace, new_place

PROCESSES, PLACES = 6, 4


def open_and_write(
    places: Sequence[StorePlace], number: int, together: Barrier, told: "Queue[tuple[int, str]]"
) -> None:
    """One process: each place in turn is opened at the same moment as by the others."""
    for turn, place in enumerate(places):
        together.wait(timeout=60)
        store = place.open(SERVICE)
        request(store, f"booking-{number}")
        told.put((turn, hashlib.sha256(store.keys.secret("observatory")).hexdigest()))
        store.close()


def test_six_processes_open_one_new_store_at_once(kind: str, tmp_path: Path) -> None:
    places, spawn = [new_place(kind, tmp_path) for _ in range(PLACES)], get_context("spawn")
    together, told = spawn.Barrier(PROCESSES), spawn.Queue()
    processes = [
        spawn.Process(target=open_and_write, args=(places, number, together, told))
        for number in range(PROCESSES)
    ]
    for process in processes:
        process.start()
    keys = {told.get(timeout=60) for _ in range(PROCESSES * PLACES)}
    for process in processes:
        process.join(timeout=60)
    assert [process.exitcode for process in processes] == [0] * PROCESSES
    assert len(keys) == PLACES, "at one place they do not share one key"
    for place in places:
        _each_wrote_once(place)


def _each_wrote_once(place: StorePlace) -> None:
    store = place.open(SERVICE)
    assert store.rows("SELECT COUNT(*) AS many FROM bookings") == [{"many": PROCESSES}]
    heads = StoreOutbox(store).heads(TOPIC)
    assert (len(heads), sum(heads.values())) == (LANES, PROCESSES)
    store.close()


def test_opening_again_keeps_what_is_there(kind: str, tmp_path: Path) -> None:
    place = new_place(kind, tmp_path)
    for number in (1, 2, 3):
        store = place.open(SERVICE)
        request(store, f"booking-{number}")
        assert len(store.rows("SELECT * FROM bookings")) == number
        assert store.rows("SELECT size FROM audit_head") == [{"size": number}]
        store.close()


@pytest.mark.parametrize("file", ["bookings.sqlite", "bookings.keys.sqlite"])
def test_a_new_file_that_another_process_is_about_to_write_is_waited_for(
    tmp_path: Path, file: str
) -> None:
    """SQLite itself does not wait then: it says at once that the file is locked."""
    place = new_place("sqlite", tmp_path)
    opened: list[Store] = []
    with closing(sqlite3.connect(place.directory / file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        opening = threading.Thread(target=lambda: opened.append(place.open(SERVICE)))
        opening.start()
        opening.join(timeout=0.5)
        assert opening.is_alive(), "it gave up, or did not need what it should wait for"
        other.execute("COMMIT")
    opening.join(timeout=30)
    (store,) = opened
    assert request(store, "booking-1").version == 1
    store.close()
