"""Two appends whose transactions commit in the other order than their notification ids were taken.

Whoever follows a log by its ids passes over the one that comes late. Here nobody does: relays and
receivers follow the dense numbers of the outbox, and a rebuild, which does read by id, is safe
because an append takes the audit head, which it holds to its end, before it takes an id.
"""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from shared.runtime.outbox import StoreOutbox
from shared.runtime.rebuild import rebuild
from shared.runtime.store import Store
from shared.runtime.work import lane_of
from tests.support.asking import request
from tests.support.bookings import LANES, SERVICE, TOPIC
from tests.support.places import StorePlace, new_place, read_tables

LOCK = 4711
# Fires when the id of the row is taken, and before the commit.
WAITS = f"""
CREATE FUNCTION waits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.originator_id = 'booking-late' THEN PERFORM pg_advisory_xact_lock({LOCK}); END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER waits AFTER INSERT ON stored_events FOR EACH ROW EXECUTE FUNCTION waits();
"""
INSERT = (
    "INSERT INTO stored_events (originator_id, originator_version, topic, state)"
    " SELECT {}, 1, topic, state FROM stored_events LIMIT 1"
)


@pytest.fixture
def place(tmp_path: Path) -> StorePlace:
    return new_place("postgres", tmp_path)


@pytest.fixture
def store(place: StorePlace) -> Iterator[Store]:
    opened = place.open(SERVICE)
    request(opened, "booking-first")
    yield opened
    opened.close()


def test_an_append_that_waits_with_its_id_taken_is_overtaken_by_nobody(
    place: StorePlace, store: Store
) -> None:
    outbox = StoreOutbox(store)
    assert lane_of("booking-late", LANES) != lane_of("booking-soon", LANES), "a lane has a lock too"
    with ThreadPoolExecutor(2) as threads:
        with held(place) as connection:
            late = threads.submit(request, store, "booking-late")
            wait_for_a_waiter(connection)
            early = threads.submit(request, store, "booking-soon")
            time.sleep(0.5)
            assert not late.done()
            assert not early.done(), "it took a later id, and committed before"
            before = followed(outbox)
            assert [key for key, _number in before] == ["booking-first"]
            rebuild_under_way = threads_rebuild(store)
        late.result(30)
        early.result(30)
        rebuild_under_way.join(30)
    assert {key for key, _number in followed(outbox)} == {
        "booking-first",
        "booking-late",
        "booking-soon",
    }
    ids = store.rows("SELECT originator_id AS key FROM stored_events ORDER BY notification_id")
    assert [row["key"] for row in ids] == ["booking-first", "booking-late", "booking-soon"]
    live = read_tables(store)
    rebuild(store, silently)
    assert read_tables(store) == live
    assert len(live["bookings"]) == 3


def test_without_the_audit_head_a_follower_by_id_would_have_passed_one_over(
    place: StorePlace, store: Store
) -> None:
    """The danger is real: the same two inserts, without what an append does before them."""
    with ThreadPoolExecutor(1) as threads, held(place) as connection:
        late = threads.submit(inserted, place, "booking-late")
        wait_for_a_waiter(connection)
        inserted(place, "booking-soon")
        seen = store.rows("SELECT MAX(notification_id) AS last FROM stored_events")[0]["last"]
    late.result(30)
    after = store.rows("SELECT originator_id FROM stored_events WHERE notification_id > ?", (seen,))
    assert not after, "what committed last has an id that a follower has already passed"
    assert len(store.rows("SELECT 1 AS there FROM stored_events")) == 3


@contextmanager
def held(place: StorePlace) -> Iterator[psycopg.Connection]:
    """The lock that 'booking-late' waits for, held while this lasts."""
    with psycopg.connect(connection_to(place), autocommit=True) as connection:
        connection.execute(WAITS.encode())
        connection.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
        try:
            yield connection
        finally:
            connection.execute("SELECT pg_advisory_unlock(%s)", (LOCK,))


def wait_for_a_waiter(connection: psycopg.Connection) -> None:
    ends = time.monotonic() + 30
    waiting = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND NOT granted"
    while connection.execute(waiting, (LOCK,)).fetchone() is None:
        assert time.monotonic() < ends, "nobody waits for the lock"
        time.sleep(0.01)


def inserted(place: StorePlace, stream: str) -> None:
    with psycopg.connect(connection_to(place)) as connection:
        connection.execute(INSERT.format("%s").encode(), (stream,))


def threads_rebuild(store: Store) -> threading.Thread:
    """A rebuild that begins while the append waits with its id taken."""
    thread = threading.Thread(target=rebuild, args=(store, silently))
    thread.start()
    return thread


def followed(outbox: StoreOutbox) -> list[tuple[str, int]]:
    """What a relay or a receiver sees: every lane from its beginning, in order."""
    return [
        (row.key, row.number)
        for lane, head in outbox.heads(TOPIC).items()
        for row in outbox.rows(TOPIC, lane, 0, head)
    ]


def connection_to(place: StorePlace) -> str:
    assert place.database is not None
    return make_conninfo(**{name: value for name, value in vars(place.database).items() if value})


def silently(_done: int, _total: int) -> None:
    """Nobody watches."""
