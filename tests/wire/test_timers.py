"""Timers: a due row becomes a command once, after a crash and beside another scheduler too."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta, timezone
from typing import Self

from pydantic import model_validator

from shared.runtime.append import instant
from shared.runtime.store import Store
from shared.runtime.timers import fire_due, next_due
from tests.support.asking import ask, booking, open_desk, request
from tests.support.bookings import (
    BOOKINGS,
    SERVICE,
    TOMORROW,
    AcceptBooking,
    ExpireBooking,
    MoveDeadline,
    RequestInterpreter,
)
from tests.support.places import StorePlace, everything
from tests.support.threads import at_once

LATER = TOMORROW + timedelta(days=1)
JUST_BEFORE = TOMORROW - timedelta(microseconds=1)


def fresh() -> str:
    return "f" * 32


def status(store: Store, stream: str = "booking-1") -> str:
    return booking(store, stream).status


def test_a_timer_waits_until_it_is_due_and_fires_at_that_moment(store: Store) -> None:
    request(store, "booking-1")
    assert fire_due(store, JUST_BEFORE, fresh) == 0
    assert status(store) == "open"
    assert fire_due(store, TOMORROW, fresh) == 1
    assert status(store) == "expired"


def test_it_fires_once(store: Store) -> None:
    request(store, "booking-1")
    fire_due(store, TOMORROW, fresh)
    before = everything(store)
    assert fire_due(store, LATER, fresh) == 0
    assert everything(store) == before
    assert [stored.topic for stored in store.events("booking-1")][1:] == ["booking.expired.v1"]


def test_what_a_timer_did_is_told_as_the_timers_doing(store: Store) -> None:
    request(store, "booking-1")
    fire_due(store, TOMORROW, fresh)
    recorded = store.service.names.recorded(store.events("booking-1")[-1])
    assert (recorded.operator, recorded.organisation, recorded.at) == (
        "timer",
        "bookings",
        TOMORROW,
    )


def test_a_timer_that_is_moved_fires_at_the_new_time_only(store: Store) -> None:
    request(store, "booking-1")
    ask(store, "booking-1", MoveDeadline(answer_by=LATER))
    assert fire_due(store, TOMORROW, fresh) == 0
    assert fire_due(store, LATER, fresh) == 1


def test_a_timer_that_is_cleared_does_not_fire(store: Store) -> None:
    open_desk(store, "desk-1", 1)
    request(store, "booking-1")
    ask(store, "booking-1", AcceptBooking(desk="desk-1"))
    assert next_due(store) is None
    assert fire_due(store, LATER, fresh) == 0
    assert status(store) == "accepted"


def test_the_next_one_due_is_the_earliest(store: Store) -> None:
    assert next_due(store) is None
    for number, due in enumerate((LATER, TOMORROW, LATER)):
        ask(store, f"booking-{number}", RequestInterpreter(language="sq", answer_by=due))
    assert next_due(store) == instant(TOMORROW)


def test_a_deadline_in_another_time_zone_is_the_same_moment(store: Store) -> None:
    rome = TOMORROW.astimezone(timezone(timedelta(hours=2)))
    ask(store, "booking-1", RequestInterpreter(language="sq", answer_by=rome))
    assert fire_due(store, JUST_BEFORE, fresh) == 0
    assert fire_due(store, TOMORROW, fresh) == 1


def test_a_timer_fires_though_the_process_was_dead_when_it_was_due(place: StorePlace) -> None:
    before = place.open(SERVICE)
    request(before, "booking-1")
    before.close()
    after = place.open(SERVICE)
    assert fire_due(after, LATER, fresh) == 1
    assert status(after) == "expired"
    after.close()


def test_more_than_one_batch_of_timers_fires(store: Store) -> None:
    for number in range(130):
        request(store, f"booking-{number}")
    assert fire_due(store, TOMORROW, fresh) == 130
    assert store.rows("SELECT * FROM bookings WHERE status <> 'expired'") == []


def test_schedulers_side_by_side_fire_each_timer_once(store: Store) -> None:
    for number in range(12):
        request(store, f"booking-{number}")
    fired: list[int] = []
    at_once(4, lambda _scheduler: fired.append(fire_due(store, TOMORROW, fresh)))
    assert sum(fired) == 12
    assert {len(store.events(f"booking-{number}")) for number in range(12)} == {2}
    assert store.rows("SELECT * FROM audit WHERE entry IS NOT NULL") == []


def test_a_command_that_is_refused_is_kept_as_refused_and_its_timer_is_gone(store: Store) -> None:
    request(store, "booking-1")
    with store.transaction(commit=True) as run:
        run("UPDATE timers SET stream = 'booking-none'")
    assert fire_due(store, TOMORROW, fresh) == 1
    (entry,) = store.rows("SELECT entry, stream FROM audit WHERE entry IS NOT NULL")
    assert "an-open-booking-expires-when-it-is-due" in entry["entry"]
    assert (entry["stream"], next_due(store)) == ("booking-none", None)


def test_a_timer_that_is_set_again_to_a_moment_at_which_it_fired_fires_again(store: Store) -> None:
    """And does not stand in the way of the others for ever."""
    request(store, "booking-1")
    fire_due(store, TOMORROW, fresh)
    ask(store, "booking-1", MoveDeadline(answer_by=TOMORROW))
    request(store, "booking-2")
    assert fire_due(store, TOMORROW, fresh) == 2
    assert (next_due(store), status(store, "booking-2")) == (None, "expired")


def interrupted(place: StorePlace, step: Callable[[], object]) -> Store:
    """The store of a scheduler that has read its timer when, once, something else comes first."""
    left = [step]

    class Interrupted(ExpireBooking):
        @model_validator(mode="after")
        def _something_else_comes_first(self) -> Self:
            if left:
                left.pop()()
            return self

    return place.open(replace(SERVICE, timed={"ExpireBooking": (Interrupted, BOOKINGS)}))


def test_a_timer_that_is_moved_while_it_fires_is_not_lost(place: StorePlace) -> None:
    elsewhere = place.open(SERVICE)
    request(elsewhere, "booking-1")
    store = interrupted(place, lambda: ask(elsewhere, "booking-1", MoveDeadline(answer_by=LATER)))
    fire_due(store, TOMORROW, fresh)
    assert (status(store), next_due(store)) == ("open", instant(LATER))
    assert fire_due(store, LATER, fresh) == 1
    assert status(store) == "expired"
    store.close()
    elsewhere.close()


def test_a_timer_that_another_scheduler_fired_meanwhile_is_passed_over(place: StorePlace) -> None:
    elsewhere = place.open(SERVICE)
    request(elsewhere, "booking-1")
    store = interrupted(place, lambda: fire_due(elsewhere, TOMORROW, fresh))
    assert fire_due(store, TOMORROW, fresh) == 0
    assert len(store.events("booking-1")) == 2
    assert store.rows("SELECT * FROM audit WHERE entry IS NOT NULL") == []
    store.close()
    elsewhere.close()
