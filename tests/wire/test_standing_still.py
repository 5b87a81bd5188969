"""Somebody who stands still in the midst of an append, as a stopped process does, holds its locks:
PostgreSQL must take them away, or nobody of this service gets anywhere while that lasts."""

import time
from pathlib import Path

import pytest
from eventsourcing.persistence import PersistenceError

from shared.runtime.append import Append
from shared.runtime.recorders import STANDS_STILL_SECONDS
from shared.runtime.store import migrate
from tests.support.bookings import SERVICE
from tests.support.places import new_place
from tests.wire.test_append_or_nothing import append, full_append

HOLDING = "UPDATE audit_head SET size = size WHERE id = 1"


def test_who_stands_still_in_an_append_is_put_out_and_the_others_go_on(tmp_path: Path) -> None:
    place = new_place("postgres", tmp_path)
    one, other = place.open(SERVICE), place.open(SERVICE)
    began = time.monotonic()

    def standing_still() -> None:
        with one.transaction(commit=True) as run:
            run(HOLDING)
            append(other, "booking-1", 1, full_append())

    with pytest.raises(PersistenceError):
        standing_still()
    waited = time.monotonic() - began
    assert STANDS_STILL_SECONDS - 1 < waited < STANDS_STILL_SECONDS + 10
    append(one, "booking-2", 1, Append())  # on another connection
    assert [len(other.events(name)) for name in ("booking-1", "booking-2")] == [1, 1]
    one.close()
    other.close()


def test_who_brings_the_tables_up_to_date_may_take_its_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = new_place("postgres", tmp_path)
    store, other = place.open(SERVICE), place.open(SERVICE)
    turn = "SELECT pg_try_advisory_xact_lock(726001) AS ours"

    def slowly() -> None:
        time.sleep(STANDS_STILL_SECONDS + 2)
        assert other.rows(turn) == [{"ours": False}], "nobody else begins meanwhile"

    monkeypatch.setattr(store.recorder, "create_table", slowly)
    migrate(store)
    assert other.rows(turn) == [{"ours": True}]
    store.close()
    other.close()
