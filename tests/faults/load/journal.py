"""What clients were told: every command that was acknowledged, and what it must have led to."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

_PATIENCE = 90.0


@dataclass(frozen=True)
class Told:
    """One acknowledged command: under which key, and the fact that must be there for it, once.

    `scope` is organisation/operator, as answers are kept; `id` and `version` are the answer's own.
    """

    service: str
    scope: str
    key: str
    stream: str
    fact: str
    id: str
    version: int


@dataclass
class Journal:
    """Kept in memory: whoever writes it is never killed."""

    _told: list[Told] = field(default_factory=list)
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def write(self, told: Told) -> None:
        with self._changed:
            self._told.append(told)
            self._changed.notify_all()

    def read(self) -> Sequence[Told]:
        with self._changed:
            return tuple(self._told)

    def wait_for_more(self, further: int) -> None:
        """Until so many more commands were acknowledged."""
        with self._changed:
            wanted = len(self._told) + further
            came = self._changed.wait_for(lambda: len(self._told) >= wanted, _PATIENCE)
        assert came, "the services do not answer any more"
