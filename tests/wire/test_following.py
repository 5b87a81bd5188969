"""The threads of a running service: woken at commit, alive after a fault, gone after `stop`."""

import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import structlog
from eventsourcing.persistence import OperationalError

from shared.runtime.following import Following, Heard
from shared.runtime.inbox import React, Reaction
from shared.runtime.message import Message
from shared.runtime.outbox import StoreOutbox
from shared.runtime.store import Store
from shared.runtime.wake import Wake
from tests.support.asking import booking, request
from tests.support.bookings import DESKS, NOW, SERVICE, TOMORROW, TOPIC, OpenDesk
from tests.support.places import new_place
from tests.support.threads import wait_until

MIRROR = replace(SERVICE, name="mirror")
LATER = TOMORROW + timedelta(days=1)


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


def a_desk_for_each(message: Message) -> Sequence[Reaction]:
    """Each booking that is heard of opens a desk of its name, with a seat per message number."""
    return [Reaction(DESKS, message.key, OpenDesk(seats=message.number))]


def following(
    store: Store,
    heard: Sequence[tuple[Store, React]] = (),
    clock: Callable[[], datetime] = lambda: NOW,
) -> Following:
    topics = [Heard(StoreOutbox(sender), TOPIC, react) for sender, react in heard]
    return Following(store, topics, clock, lambda: uuid.uuid4().hex)


def desks(store: Store) -> set[str]:
    return {row["key"] for row in store.rows("SELECT key FROM desks")}


def test_an_append_at_one_service_shows_up_at_the_other(store: Store, mirror: Store) -> None:
    running = following(mirror, [(store, a_desk_for_each)])
    running.start()
    try:
        request(store, "booking-1")
        wait_until(mirror.wake, lambda: desks(mirror) == {"booking-1"})
        request(store, "booking-2")
        wait_until(mirror.wake, lambda: desks(mirror) == {"booking-1", "booking-2"})
    finally:
        running.stop()


def test_what_was_written_before_it_started_is_heard_too(store: Store, mirror: Store) -> None:
    for number in range(5):
        request(store, f"booking-{number}")
    running = following(mirror, [(store, a_desk_for_each)])
    running.start()
    try:
        wait_until(mirror.wake, lambda: len(desks(mirror)) == 5)
    finally:
        running.stop()


def test_trouble_is_tried_again_and_nothing_is_skipped(store: Store, mirror: Store) -> None:
    faults = [True, True]

    def faulty(message: Message) -> Sequence[Reaction]:
        if message.key == "booking-1" and faults:
            faults.pop()
            raise OperationalError("the database went away")
        return a_desk_for_each(message)

    running = following(mirror, [(store, faulty)])
    running.start()
    try:
        for number in range(4):
            request(store, f"booking-{number}")
        wait_until(mirror.wake, lambda: len(desks(mirror)) == 4)
    finally:
        running.stop()
    assert faults == []
    assert [len(mirror.events(f"booking-{number}")) for number in range(4)] == [1, 1, 1, 1]


def test_a_timer_that_is_due_while_it_runs_fires(store: Store) -> None:
    now = [NOW]
    running = following(store, clock=lambda: now[0])
    running.start()
    try:
        request(store, "booking-1")
        now[0] = TOMORROW
        store.timers_wake.up()
        wait_until(store.wake, lambda: booking(store, "booking-1").status == "expired")
    finally:
        running.stop()


def test_a_timer_that_was_due_before_it_started_fires(store: Store) -> None:
    request(store, "booking-1")
    running = following(store, clock=lambda: LATER)
    running.start()
    try:
        wait_until(store.wake, lambda: booking(store, "booking-1").status == "expired")
    finally:
        running.stop()


def test_setting_a_timer_wakes_who_waits_for_the_next_one(store: Store) -> None:
    """Without being woken it would sleep for a minute, there being nothing to wait for."""
    running = following(store, clock=lambda: TOMORROW)
    running.start()
    try:
        request(store, "booking-1")
        took = wait_until(store.wake, lambda: booking(store, "booking-1").status == "expired")
    finally:
        running.stop()
    assert took < 20


def test_timers_go_on_after_a_fault_between_two_looks(store: Store) -> None:
    calls: list[datetime] = []

    def clock() -> datetime:
        calls.append(NOW)
        if len(calls) == 2:
            raise OSError("no clock for a moment")
        return NOW if len(calls) < 4 else TOMORROW

    request(store, "booking-1")
    running = following(store, clock=clock)
    running.start()
    try:
        wait_until(store.wake, lambda: len(calls) > 2)
        store.timers_wake.up()
        wait_until(store.wake, lambda: booking(store, "booking-1").status == "expired")
    finally:
        running.stop()


def test_stop_ends_every_thread(store: Store, mirror: Store) -> None:
    before = set(threading.enumerate())
    running = following(mirror, [(store, a_desk_for_each), (store, a_desk_for_each)])
    running.start()
    assert len(set(threading.enumerate()) - before) == 3
    running.stop()
    assert not {each for each in set(threading.enumerate()) - before if each.is_alive()}
    request(store, "booking-1")
    assert desks(mirror) == set()


class StoppedMeanwhile(Wake):
    """The worst moment for `stop`: it is called, and its wake-up comes, just before the count."""

    def __init__(self) -> None:
        super().__init__()
        self.stop: Callable[[], None] = lambda: None
        self.called, self.stopped, self._woken = (threading.Event() for _ in range(3))

    def up(self) -> None:
        super().up()
        self._woken.set()

    @property
    def count(self) -> int:
        if not self.called.is_set():
            self.called.set()
            self._woken.clear()
            threading.Thread(target=self._stop).start()
            assert self._woken.wait(timeout=10)
        return super().count

    def _stop(self) -> None:
        self.stop()
        self.stopped.set()


def test_stop_is_heard_at_whatever_moment_it_comes(store: Store) -> None:
    store.timers_wake = wake = StoppedMeanwhile()
    running = following(store)
    wake.stop = running.stop
    running.start()
    assert wake.stopped.wait(timeout=15), "it slept on although it was told to stop"
