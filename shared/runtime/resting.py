"""What is in trouble rests for a while, so that everything beside it goes on meanwhile."""

import time
from collections.abc import Callable, Collection, Hashable, Iterator
from contextlib import contextmanager

from shared.runtime.log import log

_FIRST_SECONDS, _LONGEST_SECONDS = 0.5, 5.0


class Resting:
    """Lanes or timers by name, each with its own rest, twice as long after each further fault.

    It is one thread's own. The faults are told in the log by their kind; `first` keeps the first.
    """

    def __init__(self, service: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._service, self._clock = service, clock
        self._until: dict[Hashable, float] = {}
        self._rest: dict[Hashable, float] = {}
        self.first: Exception | None = None

    def rests(self, what: Hashable) -> bool:
        return self._until.get(what, 0.0) > self._clock()

    def left(self) -> float | None:
        """Seconds until the next of them may be tried again; None where all is well."""
        if not self._until:
            return None
        return max(0.0, min(self._until.values()) - self._clock())

    @contextmanager
    def trying(self, kind: str, what: Hashable) -> Iterator[None]:
        """A fault in here ends nothing but this; `kind` says in the log what had it."""
        try:
            yield
        except Exception as fault:  # whatever it was, the others must go on
            self.first = self.first or fault
            self._rest[what] = min(2 * self._rest.get(what, _FIRST_SECONDS / 2), _LONGEST_SECONDS)
            self._until[what] = self._clock() + self._rest[what]
            log().error(kind, service=self._service, error=type(fault).__name__)
        else:
            self.well(what)

    def well(self, what: Hashable) -> None:
        """Nothing is wrong with it, or it is no more."""
        self._until.pop(what, None)
        self._rest.pop(what, None)

    def only(self, there: Collection[Hashable]) -> None:
        """Whatever else rested is no more."""
        for what in [what for what in self._until if what not in there]:
            self.well(what)
