"""A clock that is believed only while the database server's own agrees with it.

A process whose clock is a day ahead would let deadlines pass, end consents and date facts wrongly,
and nobody could tell later. It cannot know which of the two clocks is wrong, so it refuses.
"""

import time
from collections.abc import Callable
from datetime import datetime

from shared.runtime.store import Store

_MOST_SECONDS = 60.0
_LOOK_EVERY_SECONDS = 5.0


class ClockWrong(OSError):
    """This machine's clock and the database server's disagree. It is trouble of the machine:
    what was asked or heard is tried again, and nobody's message is parked for it."""


def agreed(store: Store, clock: Callable[[], datetime]) -> Callable[[], datetime]:
    """The same clock, which raises `ClockWrong` where it is more than a minute off."""
    off, looked = 0.0, -_LOOK_EVERY_SECONDS

    def now() -> datetime:
        nonlocal off, looked
        if time.monotonic() - looked > _LOOK_EVERY_SECONDS or abs(off) > _MOST_SECONDS:
            (row,) = store.rows("SELECT clock_timestamp() AS now")
            off, looked = (clock() - row["now"]).total_seconds(), time.monotonic()
        if abs(off) > _MOST_SECONDS:
            raise ClockWrong
        return clock()

    return now
