"""The statements that keep what was heard, for a while."""

from collections.abc import Callable, Sequence
from typing import Any

from shared.runtime.message import Message

KEPT = 10_000
"""Of each lane the last so many are kept, and at most a tenth more."""
CLEARED_EVERY = KEPT // 10
Run = Callable[[str, Sequence[Any]], object]


def keep(run: Run, messages: Sequence[Message]) -> None:
    """Keep messages of one lane, in order, and let go of those that are too old."""
    for told in messages:
        place = (told.sender, told.topic, told.lane, told.number)
        run(
            "INSERT INTO heard VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*place, told.id, told.type, told.key, told.at, told.data),
        )
    if not messages:
        return
    first, last = messages[0], messages[-1]
    if last.number // CLEARED_EVERY > (first.number - 1) // CLEARED_EVERY:
        run(
            "DELETE FROM heard WHERE sender = ? AND topic = ? AND lane = ? AND number <= ?",
            (last.sender, last.topic, last.lane, last.number - KEPT),
        )
