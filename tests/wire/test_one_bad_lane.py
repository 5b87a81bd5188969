"""One lane, or one timer, in trouble: the others go on, and it is tried again after a pause."""

import sqlite3
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Self

import pytest
import structlog
from eventsourcing.persistence import OperationalError
from pydantic import model_validator

from shared.runtime.arrived import CannotHeal
from shared.runtime.following import Following, Heard
from shared.runtime.inbox import Reaction, catch_up, follow_lanes, position
from shared.runtime.message import Message
from shared.runtime.outbox import StoreOutbox
from shared.runtime.resting import Resting
from shared.runtime.store import Store
from shared.runtime.timers import fire_due
from shared.runtime.work import lane_of
from tests.support.asking import booking, by, request
from tests.support.bookings import (
    BOOKINGS,
    DESKS,
    LANES,
    NOW,
    SERVICE,
    TOMORROW,
    TOPIC,
    ExpireBooking,
    OpenDesk,
)
from tests.support.outboxes import MemoryOutbox
from tests.support.places import new_place
from tests.support.threads import wait_until

MIRROR = replace(SERVICE, name="mirror")


@pytest.fixture
def mirror(kind: str, tmp_path: Path) -> Iterator[Store]:
    """A second service, which hears what `bookings` tells."""
    opened = new_place(kind, tmp_path).open(MIRROR)
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    structlog.configure(processors=[lambda _logger, _name, _told: ""])
    yield
    structlog.reset_defaults()


def one_of_each_lane() -> list[str]:
    """A booking's name for each lane, in the order of the lanes."""
    names = {lane_of(f"booking-{number}", LANES): f"booking-{number}" for number in range(100)}
    return [names[lane] for lane in range(LANES)]


def a_desk_for_each(message: Message) -> Sequence[Reaction]:
    return [Reaction(DESKS, message.key, OpenDesk(seats=message.number))]


def troubled(bad: set[int], trouble: Exception) -> Callable[[Message], Sequence[Reaction]]:
    """Reacts as always, but for the lanes that are bad at the moment."""

    def react(message: Message) -> Sequence[Reaction]:
        if message.lane in bad:
            raise trouble
        return a_desk_for_each(message)

    return react


def desks(store: Store) -> set[str]:
    return {row["key"] for row in store.rows("SELECT key FROM desks")}


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_a_lane_in_trouble_holds_up_no_other_lane(mirror: Store) -> None:
    names, sender = one_of_each_lane(), MemoryOutbox("bookings", LANES)
    for name in names:
        sender.publish(TOPIC, name, "requested", {})
    react = troubled({0}, OperationalError("the database went away"))
    with pytest.raises(OperationalError):
        catch_up(mirror, sender, TOPIC, react, lambda _message: by())
    assert desks(mirror) == set(names[1:])
    assert [position(mirror, "bookings", TOPIC, lane) for lane in range(LANES)] == [0, 1, 1, 1]
    catch_up(mirror, sender, TOPIC, a_desk_for_each, lambda _message: by())
    assert desks(mirror) == set(names)


def test_a_lane_that_cannot_be_healed_holds_up_no_other_lane(mirror: Store) -> None:
    names, sender = one_of_each_lane(), MemoryOutbox("bookings", LANES)
    sender.lose([sender.publish(TOPIC, names[0], "requested", {})])
    for name in names:
        sender.publish(TOPIC, name, "requested", {})
    with pytest.raises(CannotHeal):
        catch_up(mirror, sender, TOPIC, a_desk_for_each, lambda _message: by())
    assert desks(mirror) == set(names[1:])


def test_a_lane_in_trouble_is_tried_again_after_a_pause_and_not_before(mirror: Store) -> None:
    names, sender, clock = one_of_each_lane(), MemoryOutbox("bookings", LANES), Clock()
    sender.publish(TOPIC, names[0], "requested", {})
    tries: list[float] = []

    def react(_message: Message) -> Sequence[Reaction]:
        tries.append(clock())
        raise OperationalError("the database went away")

    resting = Resting("mirror", clock)
    for tick in range(400):
        clock.seconds = tick / 10
        follow_lanes(
            mirror,
            sender,
            TOPIC,
            react,
            lambda _message: by(),
            heads=sender.heads(TOPIC),
            resting=resting,
        )
    pauses = [after - before for before, after in pairwise(tries)]
    assert pauses == sorted(pauses)
    assert pauses[0] >= 0.5
    assert 4.0 <= max(pauses) <= 6.0, "it rests ever longer, but never for long"


def test_a_full_disk_under_the_keys_parks_nobody(mirror: Store) -> None:
    names, sender = one_of_each_lane(), MemoryOutbox("bookings", LANES)
    sender.publish(TOPIC, names[0], "requested", {})
    react = troubled({0}, sqlite3.OperationalError("database or disk is full"))
    with pytest.raises(sqlite3.OperationalError):
        catch_up(mirror, sender, TOPIC, react, lambda _message: by())
    assert mirror.rows("SELECT * FROM parked") == []


def test_a_follower_goes_on_while_one_lane_is_in_trouble(store: Store, mirror: Store) -> None:
    names, bad = one_of_each_lane(), {2}
    react = troubled(bad, OperationalError("the database went away"))
    topics = [Heard(StoreOutbox(store), TOPIC, react)]
    running = Following(mirror, topics, lambda: NOW, lambda: uuid.uuid4().hex)
    running.start()
    try:
        request(store, names[2])
        for name in (names[0], names[1], names[3]):
            request(store, name)
            wait_until(mirror.wake, lambda name=name: name in desks(mirror))  # type: ignore[misc]  # mypy cannot see the default's type
        assert names[2] not in desks(mirror)
        bad.clear()
        wait_until(mirror.wake, lambda: names[2] in desks(mirror))
    finally:
        running.stop()


@pytest.fixture
def bad_command(kind: str, tmp_path: Path) -> Iterator[tuple[Store, set[str]]]:
    """A store whose timers' command raises while anything is named in the set."""
    bad: set[str] = {"yes"}

    class Faulty(ExpireBooking):
        @model_validator(mode="after")
        def _only_sometimes(self) -> Self:
            if bad:
                raise RuntimeError("a rule that was never thought through")
            return self

    timed = {"ExpireBooking": (ExpireBooking, BOOKINGS), "Faulty": (Faulty, BOOKINGS)}
    opened = new_place(kind, tmp_path).open(replace(SERVICE, timed=timed))
    yield opened, bad
    opened.close()


def spoil(store: Store, *streams: str) -> None:
    with store.transaction(commit=True) as run:
        for stream in streams:
            run("UPDATE timers SET command = 'Faulty' WHERE stream = ?", (stream,))


def test_a_timer_whose_command_raises_holds_up_no_other_timer(
    bad_command: tuple[Store, set[str]],
) -> None:
    store, bad = bad_command
    many = [f"booking-{number:03}" for number in range(110)]  # more than are read in one go
    for name in [*many, "booking-z"]:
        request(store, name)
    spoil(store, *many)
    with pytest.raises(RuntimeError):
        fire_due(store, TOMORROW, lambda: "f" * 32)
    assert booking(store, "booking-z").status == "expired"
    assert booking(store, many[0]).status == "open"
    bad.clear()
    assert fire_due(store, TOMORROW, lambda: "f" * 32) == len(many)


def test_the_thread_of_the_timers_goes_on_and_tries_the_bad_one_again(
    bad_command: tuple[Store, set[str]],
) -> None:
    store, bad = bad_command
    looks: list[None] = []

    def clock() -> object:
        looks.append(None)
        return TOMORROW

    request(store, "booking-a")
    spoil(store, "booking-a")
    running = Following(store, [], clock, lambda: uuid.uuid4().hex)  # type: ignore[arg-type]  # what it gives is always a moment
    running.start()
    try:
        for name in ("booking-b", "booking-c"):
            request(store, name)
            wait_until(
                store.wake,
                lambda name=name: booking(store, name).status == "expired",  # type: ignore[misc]  # mypy cannot see the default's type
            )
        assert booking(store, "booking-a").status == "open"
        assert len(looks) < 100, "it waits between two looks"
        bad.clear()
        wait_until(store.wake, lambda: booking(store, "booking-a").status == "expired")
    finally:
        running.stop()
