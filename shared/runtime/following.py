"""The threads of a running service: one per sender and topic it hears, one for its timers."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from shared.runtime.append import instant
from shared.runtime.facts import Acting
from shared.runtime.inbox import React, follow_lanes
from shared.runtime.log import log
from shared.runtime.message import Message
from shared.runtime.outbox import Outbox
from shared.runtime.resting import Resting
from shared.runtime.store import Store
from shared.runtime.timers import fire_due, next_due
from shared.runtime.wake import Wake

# A wake-up never gets lost within one process; this bounds the harm where the sender is another.
_FALLBACK_SECONDS = 1.0
_AFTER_A_FAULT_SECONDS = 1.0
_LONGEST_SECONDS = 60.0
Clock = Callable[[], datetime]
Fresh = Callable[[], str]


@dataclass(frozen=True)
class Heard:
    """A topic of a sender, and what its events make this service do."""

    outbox: Outbox
    topic: str
    react: React


class Following:
    """Starts the threads; `stop` ends them after the transaction they are in."""

    def __init__(self, store: Store, heard: Sequence[Heard], clock: Clock, fresh: Fresh) -> None:
        self._store, self._clock, self._fresh = store, clock, fresh
        self._ending = threading.Event()
        self._heard = heard
        targets: list[Callable[[], None]] = [self._timers]
        targets += [lambda each=each: self._follow(each) for each in heard]  # type: ignore[misc]  # mypy cannot see the default's type
        self._threads = [threading.Thread(target=target, daemon=True) for target in targets]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self, patience: float = 30) -> None:
        """`patience`: seconds for each of the threads."""
        self._ending.set()
        self._store.timers_wake.up()
        for each in self._heard:
            each.outbox.wake.up()
        for thread in self._threads:
            thread.join(patience)

    def _acting(self, message: Message) -> Acting:
        return Acting("relay", message.sender, self._clock(), frozenset(), self._fresh())

    def _follow(self, heard: Heard) -> None:
        resting = Resting(self._store.service.name)

        def step() -> float:
            follow_lanes(
                self._store,
                heard.outbox,
                heard.topic,
                heard.react,
                self._acting,
                heads=heard.outbox.heads(heard.topic),
                resting=resting,
            )
            return min(_FALLBACK_SECONDS, resting.left() or _FALLBACK_SECONDS)

        self._again_and_again(heard.outbox.wake, step)

    def _timers(self) -> None:
        resting = Resting(self._store.service.name)

        def step() -> float:
            moment = self._clock()
            fire_due(self._store, moment, self._fresh, resting)
            left = resting.left()
            return min(self._until_next(moment), _LONGEST_SECONDS if left is None else left)

        self._again_and_again(self._store.timers_wake, step)

    def _again_and_again(self, wake: Wake, step: Callable[[], float]) -> None:
        """Step at each wake-up, or after as many seconds as the last step said."""
        while True:
            # Counted before looking at the end, so that the wake-up of `stop` is not missed.
            seen = wake.count
            if self._ending.is_set():
                return
            wait = self._tried(step)
            if wait is not None:
                wake.wait(seen, wait)

    def _until_next(self, after: datetime) -> float:
        """Seconds until the next timer: what was due before `after` has fired, or rests."""
        due = next_due(self._store, instant(after))
        if due is None:
            return _LONGEST_SECONDS
        left = (datetime.fromisoformat(due) - self._clock().astimezone(UTC)).total_seconds()
        return max(left, 0.0)

    def _tried(self, step: Callable[[], float]) -> float | None:
        """A fault is told and tried again: nothing is skipped, so nothing is lost."""
        if self._store.hold:
            self._ending.wait(_AFTER_A_FAULT_SECONDS)
            return 0.0
        try:
            return step()
        except Exception as fault:  # whatever it was, the thread must live to try again
            log().error("following", service=self._store.service.name, error=type(fault).__name__)
            self._ending.wait(_AFTER_A_FAULT_SECONDS)
            return None
