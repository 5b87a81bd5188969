"""Waking whoever follows a store, at commit, without a polling delay."""

import threading


class Wake:
    """A counter of commits that can be waited for; a wake-up before the wait is not missed."""

    def __init__(self) -> None:
        self._count = 0
        self._changed = threading.Condition()

    @property
    def count(self) -> int:
        return self._count

    def up(self) -> None:
        with self._changed:
            self._count += 1
            self._changed.notify_all()

    def wait(self, seen: int, timeout: float) -> int:
        """Return as soon as the count passed `seen`, or after `timeout` seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._count > seen, timeout)
            return self._count
