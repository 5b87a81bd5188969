"""Stopping a process: told by SIGTERM or SIGINT, and then over within a time limit."""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import Empty, SimpleQueue

from shared.runtime.log import log

LIMIT_SECONDS = 25.0
"""Less than the half minute after which whoever stops a process kills it."""
Wait = Callable[[], object]


@contextmanager
def told_to_stop() -> Iterator[tuple[Wait, Callable[[], None]]]:
    """While this lasts, a signal interrupts nothing. Gives what waits for the first one, and what
    stands in for one where the process has its own reason to stop.

    Once told, it goes on to its end: being told twice makes nothing faster.
    """
    # The one queue that a signal's handler may put into whatever the main thread is doing.
    told: SimpleQueue[None] = SimpleQueue()
    before = {
        each: signal.signal(each, lambda _signal, _frame: told.put(None))
        for each in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        yield lambda: _taken(told), lambda: told.put(None)
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _taken(told: SimpleQueue[None]) -> None:
    """Looks up every second: a signal that came in by another thread wakes nobody."""
    while True:
        try:
            return told.get(timeout=1)
        except Empty:
            continue


class Deadline:
    """Waits for threads until one moment, counted from when this is made."""

    def __init__(self, seconds: float = LIMIT_SECONDS) -> None:
        self._ends = time.monotonic() + seconds
        self.kept = True

    @property
    def left(self) -> float:
        return max(0.0, self._ends - time.monotonic())

    def wait_for(self, *threads: threading.Thread) -> None:
        """One that does not end in time is told: what it had begun is rolled back or sent again,
        and nothing is lost by it."""
        for thread in threads:
            thread.join(self.left)
            if thread.is_alive():
                self.kept = False
                log().error("not ended in time", error=thread.name)
