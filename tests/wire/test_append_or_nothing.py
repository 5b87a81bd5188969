"""Where one expectation of an append does not hold, nothing of it is there afterwards."""

from collections.abc import Callable

import pytest

from shared.runtime.append import Append, instant
from shared.runtime.facts import Change, Recorded, SetTimer
from shared.runtime.rows import Firing, Guard, Leaf, OutboxRow, Position, Recollection, Snapshot
from shared.runtime.store import Conflict, Store
from tests.support.asking import request
from tests.support.bookings import NOW, TOMORROW, TOPIC, ExpireBooking, InterpreterRequested
from tests.support.places import everything

TIMER = SetTimer("t", NOW, "booking-9", ExpireBooking())
Spoil = Callable[[Append], None]


def full_append() -> Append:
    """Something for every table."""
    return Append(
        outbox=[OutboxRow(TOPIC, lane, "id", "type", "key", "2026-03", "{}") for lane in (3, 0, 0)],
        leaves=[Leaf(b"h" * 32, "booking-9", None, "{}")],
        changes=[Change("bookings", "booking-9", {"status": "open"})],
        timers=[TIMER],
        answers=[Recollection("desk/op-1", "k-9", "digest", "{}")],
        positions=[Position("sender", TOPIC, 0, before=0, number=7)],
        snapshots=[Snapshot("booking-9", 1, "fingerprint", "{}")],
    )


def append(store: Store, stream: str, version: int, beside: Append) -> None:
    event = InterpreterRequested(language="sq", answer_by=NOW)
    recorded = Recorded(stream, version, event, NOW, "op-1", "desk")
    store.append([store.service.names.store(recorded)], beside)


def a_position_that_somebody_moved(append: Append) -> None:
    append.positions = [Position("sender", TOPIC, 0, before=6, number=7)]


def an_answer_that_was_given(append: Append) -> None:
    append.answers.append(Recollection("desk/op-1", "known", "digest", "{}"))


def a_guard_on_a_stream_that_moved(append: Append) -> None:
    append.guards.append(Guard("booking-1", 0))


def a_guard_on_a_stream_that_is_missing(append: Append) -> None:
    append.guards.append(Guard("booking-none", 1))


def a_timer_that_is_no_longer_set(append: Append) -> None:
    append.firings.append(Firing("answer:booking-1", instant(NOW)))


SPOILS = [
    a_timer_that_is_no_longer_set,
    a_position_that_somebody_moved,
    an_answer_that_was_given,
    a_guard_on_a_stream_that_moved,
    a_guard_on_a_stream_that_is_missing,
]


@pytest.fixture
def used(store: Store) -> Store:
    """A store with one booking, and one answer known."""
    request(store, "booking-1")
    store.append([], Append(answers=[Recollection("desk/op-1", "known", "digest", "{}")]))
    return store


def test_the_full_append_is_sound_where_nothing_is_spoilt(used: Store) -> None:
    before = everything(used)
    append(used, "booking-9", 1, full_append())
    after = everything(used)
    assert {name for name in after if len(after[name]) > len(before[name])} == {
        "stored_events",
        "outbox",
        "audit",
        "bookings",
        "timers",
        "answers",
        "inbox",
        "snapshots",
    }


def test_a_version_that_is_taken_leaves_nothing(used: Store) -> None:
    before = everything(used)
    with pytest.raises(Conflict):
        append(used, "booking-1", 1, full_append())
    assert everything(used) == before


@pytest.mark.parametrize("spoil", SPOILS)
def test_a_broken_expectation_leaves_nothing(used: Store, spoil: Spoil) -> None:
    before, spoilt = everything(used), full_append()
    spoil(spoilt)
    with pytest.raises(Conflict):
        append(used, "booking-9", 1, spoilt)
    assert everything(used) == before


@pytest.mark.parametrize("spoil", SPOILS)
def test_it_leaves_nothing_without_an_event_either(used: Store, spoil: Spoil) -> None:
    before, spoilt = everything(used), full_append()
    spoil(spoilt)
    with pytest.raises(Conflict):
        used.append([], spoilt)
    assert everything(used) == before


def test_the_numbers_stay_dense_after_what_failed(used: Store) -> None:
    spoilt = full_append()
    an_answer_that_was_given(spoilt)
    with pytest.raises(Conflict):
        append(used, "booking-9", 1, spoilt)
    append(used, "booking-9", 1, full_append())
    numbers = used.rows("SELECT number FROM outbox WHERE lane = 0 ORDER BY number")
    assert [row["number"] for row in numbers] == list(range(1, len(numbers) + 1))
    audit = used.rows("SELECT idx FROM audit ORDER BY idx")
    assert [row["idx"] for row in audit] == list(range(len(audit)))


@pytest.mark.parametrize("version", [1, 0])
def test_a_guard_lets_through_what_rests_on_the_right_version(used: Store, version: int) -> None:
    guarded = full_append()
    guarded.guards.append(Guard("booking-1" if version else "booking-none", version))
    append(used, "booking-9", 1, guarded)
    assert len(used.events("booking-9")) == 1
    assert used.rows("SELECT * FROM guards") == []


def test_a_timer_that_is_still_set_fires_and_is_gone(used: Store) -> None:
    firing = Append(firings=[Firing("answer:booking-1", instant(TOMORROW))])
    append(used, "booking-9", 1, firing)
    assert used.rows("SELECT * FROM timers") == []
    assert used.rows("SELECT * FROM guards") == []


def test_a_row_for_a_lane_that_was_never_written_starts_it_and_is_not_lost(used: Store) -> None:
    store = full_append()
    store.outbox.append(OutboxRow(TOPIC, 99, "id", "type", "key", "2026-03", "{}"))
    append(used, "booking-9", 1, store)
    assert used.rows("SELECT number FROM outbox WHERE lane = 99") == [{"number": 1}]
    assert used.rows("SELECT last FROM lanes WHERE lane = 99") == [{"last": 1}]
