"""A clock that is believed only while the database server's own agrees with it.

A process whose clock is a day ahead would let deadlines pass, end consents and date facts wrongly,
and nobody could tell later. It cannot know which of the two clocks is wrong, so it refuses.
"""

import time
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from shared.runtime.store import Store

_MOST_SECONDS = 60.0
_LOOK_EVERY_SECONDS = 5.0
_JUMP_SECONDS = 1.0
Clock = Callable[[], datetime]


class ClockWrong(OSError):
    """This machine's clock and the database server's disagree. It is trouble of the machine:
    what was asked or heard is tried again, and nobody's message is parked for it."""


class _Look(NamedTuple):
    """How many seconds the clock was off, when that was seen, and how far it was then before the
    one that nobody can set."""

    off: float
    at: float
    before: float


def agreed(store: Store, clock: Clock) -> Clock:
    """The same clock, which raises `ClockWrong` where it is more than a minute off. The server is
    asked every few seconds, and at once where the clock was set: until then deadlines of a whole
    day would have passed."""
    last = _Look(0.0, float("-inf"), 0.0)

    def now() -> datetime:
        nonlocal last
        moment, at = clock(), time.monotonic()
        jumped = abs(moment.timestamp() - at - last.before) > _JUMP_SECONDS
        if jumped or at - last.at > _LOOK_EVERY_SECONDS or abs(last.off) > _MOST_SECONDS:
            moment, last = _looked(store, clock)
        if abs(last.off) > _MOST_SECONDS:
            raise ClockWrong
        return moment

    return now


def clock_trouble(now: Clock) -> str:
    """For `/health/ready`: that an agreed clock is wrong."""
    try:
        now()
    except ClockWrong:
        return "this machine's clock and the database server's are more than a minute apart"
    return ""


def _looked(store: Store, clock: Clock) -> tuple[datetime, _Look]:
    (row,) = store.rows("SELECT clock_timestamp() AS now")
    moment, at = clock(), time.monotonic()
    off = (moment - row["now"]).total_seconds()
    return moment, _Look(off, at, moment.timestamp() - at)
