"""Processes that start together on a new store: each may be first, and none may fail."""

import hashlib
from multiprocessing import get_context
from pathlib import Path

from shared.runtime.outbox import StoreOutbox
from tests.support.asking import request
from tests.support.bookings import LANES, SERVICE, TOPIC
from tests.support.places import StorePlace, new_place

PROCESSES = 6


def open_and_write(place: StorePlace, number: int, together, told) -> None:  # type: ignore[no-untyped-def]  # multiprocessing's own types are private
    together.wait(timeout=60)
    store = place.open(SERVICE)
    request(store, f"booking-{number}")
    told.put(hashlib.sha256(store.keys.secret("observatory")).hexdigest())
    store.close()


def test_six_processes_open_one_new_store_at_once(kind: str, tmp_path: Path) -> None:
    place, spawn = new_place(kind, tmp_path), get_context("spawn")
    together, told = spawn.Barrier(PROCESSES), spawn.Queue()
    processes = [
        spawn.Process(target=open_and_write, args=(place, number, together, told))
        for number in range(PROCESSES)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join(timeout=90)
    assert [process.exitcode for process in processes] == [0] * PROCESSES
    assert len({told.get(timeout=5) for _ in processes}) == 1, "they do not share one key"
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
