"""Why a service may not write: others saw more of it than it has itself, or might have."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Gone:
    """Numbers of a lane of our own, above `last` and up to `seen`, that only others know."""

    topic: str
    lane: int
    last: int
    seen: int

    @property
    def count(self) -> int:
        return self.seen - self.last


@dataclass(frozen=True)
class Hold:
    """What must be settled first.

    `gone`: numbers that others saw and that are not here. `otherwise`: lanes of which others heard
    something else than what stands here under the same number. `unasked`: who did not answer yet.
    `regaining`: a loss was accepted, and what follows from it is not done yet. `log`: the size of
    the audit log here, and the size of what its witnesses saw and it does not continue.
    """

    gone: Sequence[Gone] = ()
    otherwise: Sequence[Gone] = ()
    unasked: Sequence[str] = ()
    regaining: bool = False
    log: tuple[int, int] | None = None

    @property
    def words(self) -> str:
        """In a sentence, for the operator of the service; names lanes and numbers only."""
        told = []
        if self.gone:
            count = sum(lane.count for lane in self.gone)
            told.append(f"{count} numbers that others saw are gone here ({_lanes(self.gone)})")
        if self.otherwise:
            told.append(f"others heard something else ({_lanes(self.otherwise)})")
        if self.log:
            here, seen = self.log
            told.append(f"the audit log, of {here}, does not continue the {seen} that others saw")
        if self.regaining:
            told.append("an accepted loss is not worked through yet")
        if self.unasked and not told:
            told.append(f"after a restore, not everybody was asked yet: {', '.join(self.unasked)}")
        return "; ".join(told)


class Held(Exception):
    """Nothing is written while a hold is on, except that somebody read or was refused."""

    def __init__(self, hold: Hold) -> None:
        super().__init__(hold.words)
        self.hold = hold


def _lanes(lanes: Sequence[Gone]) -> str:
    return ", ".join(f"{lane.topic} {lane.lane}: {lane.last + 1} to {lane.seen}" for lane in lanes)
