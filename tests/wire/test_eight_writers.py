"""Eight writers at once, several lanes each, with conflicts forced on them, on each store."""

import threading

from shared.runtime.append import Append
from shared.runtime.mapper import envelope
from shared.runtime.rows import OutboxRow
from shared.runtime.store import Conflict, Store
from shared.trust.merkle import leaf_hash
from tests.support.asking import ask, open_desk, request
from tests.support.bookings import LANES, TOPIC, AcceptBooking
from tests.support.threads import at_once

WRITERS, ROUNDS = 8, 12


def test_eight_writers_leave_dense_numbers_and_every_acknowledged_command_once(
    store: Store,
) -> None:
    open_desk(store, "desk-1", WRITERS * ROUNDS)
    start, doomed, acknowledged = threading.Barrier(WRITERS), [], []

    def write(writer: int) -> None:
        for turn in range(ROUNDS):
            start.wait(timeout=60)
            stream = f"booking-{writer}-{turn}"
            request(store, stream)
            doomed.append(_comes_too_late(store, stream))
            ask(store, stream, AcceptBooking(desk="desk-1"), key=f"{writer}/{turn}")
            acknowledged.append(stream)

    at_once(WRITERS, write)
    assert doomed == [True] * WRITERS * ROUNDS
    assert len(acknowledged) == WRITERS * ROUNDS
    _everything_is_there_once(store, acknowledged)
    _numbers_are_dense(store)
    _every_event_has_its_leaf(store)


def test_a_shared_stream_was_fought_for(store: Store) -> None:
    """The proof that the test above forces conflicts: without retries some would have failed."""
    open_desk(store, "desk-1", WRITERS)
    for writer in range(WRITERS):
        request(store, f"booking-{writer}")
    seen = store.events("desk-1")[-1]
    together, lost = threading.Barrier(WRITERS), []

    def take(_writer: int) -> None:
        together.wait(timeout=60)
        try:
            next_version = seen.originator_version + 1
            store.append([type(seen)("desk-1", next_version, seen.topic, seen.state)], Append())
        except Conflict:
            lost.append(True)

    at_once(WRITERS, take)
    assert len(lost) == WRITERS - 1
    assert len(store.events("desk-1")) == 2


def _comes_too_late(store: Store, stream: str) -> bool:
    """A whole append, rows in every lane, on a version that is taken: it must leave nothing."""
    rows = [OutboxRow(TOPIC, lane, "lost", "lost", "lost", "", "{}") for lane in range(LANES)]
    try:
        store.append(store.events(stream), Append(outbox=rows))
    except Conflict:
        return True
    return False


def _everything_is_there_once(store: Store, streams: list[str]) -> None:
    for stream in streams:
        topics = [stored.topic for stored in store.events(stream)]
        assert topics == ["booking.requested.v3", "booking.accepted.v1"]
    assert len(store.events("desk-1")) == 1 + len(streams)
    assert store.rows("SELECT COUNT(*) AS many FROM answers") == [{"many": len(streams)}]
    accepted = store.rows("SELECT key FROM bookings WHERE status = 'accepted'")
    assert sorted(row["key"] for row in accepted) == sorted(streams)


def _numbers_are_dense(store: Store) -> None:
    for lane, last in {
        row["lane"]: row["last"] for row in store.rows("SELECT * FROM lanes")
    }.items():
        rows = store.rows("SELECT number FROM outbox WHERE lane = ? ORDER BY number", (lane,))
        assert [row["number"] for row in rows] == list(range(1, last + 1))
    assert store.rows("SELECT id FROM outbox WHERE id = 'lost'") == []
    assert store.rows("SELECT COUNT(*) AS many FROM outbox")[0]["many"] == WRITERS * ROUNDS + 1


def _every_event_has_its_leaf(store: Store) -> None:
    leaves = store.rows("SELECT * FROM audit ORDER BY idx")
    assert [leaf["idx"] for leaf in leaves] == list(range(len(leaves)))
    assert store.rows("SELECT size FROM audit_head") == [{"size": len(leaves)}]
    stored = {
        (str(event.originator_id), event.originator_version): leaf_hash(envelope("bookings", event))
        for event in store.recorder.select_notifications(1, 10_000)
    }
    assert {(leaf["stream"], leaf["version"]): bytes(leaf["hash"]) for leaf in leaves} == stored
