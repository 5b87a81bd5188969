"""The statements of the park: rows of messages that wait, each with what must be so meanwhile.

Who decides has read the park before it writes: a replay, a discard and a receiver may meet. NULL
in a NOT NULL column is the one way both stores know to fail within a pipeline, and whoever fails
reads and decides again.
"""

from collections.abc import Callable, Sequence
from typing import Any

from shared.runtime.message import Message
from shared.runtime.rows import Parked

Run = Callable[[str, Sequence[Any]], object]


def park(run: Run, parked: Parked) -> None:
    """A message begins to wait. One without a fault of its own waits behind another, which must
    still be there: the last one may have been replayed since the receiver looked."""
    told = parked.message
    if not parked.fault:
        run(
            "INSERT INTO guards SELECT CAST(? AS TEXT), CASE WHEN COUNT(*) > 0 THEN 0 END"
            " FROM parked WHERE sender = ? AND topic = ? AND subject = ? AND number < ?"
            " ON CONFLICT DO NOTHING",
            (told.id, told.sender, told.topic, told.key, told.number),
        )
        run("DELETE FROM guards WHERE stream = ?", (told.id,))
    said = (told.id, told.type, told.key, told.at, told.data, parked.fault, told.trace)
    run(
        "INSERT INTO parked VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (sender, topic, lane, number) DO UPDATE SET fault = excluded.fault",
        (*_place(told), *said),
    )


def unpark(run: Run, message: Message) -> None:
    """A message waits no more: it was applied, or given up; by one only, where two try."""
    _expect(run, message)
    run(
        "DELETE FROM parked WHERE sender = ? AND topic = ? AND lane = ? AND number = ?",
        _place(message),
    )


def keep_fault(run: Run, parked: Parked) -> None:
    """A message that still cannot be applied, and why; nobody else may have ended its waiting."""
    _expect(run, parked.message)
    run(
        "UPDATE parked SET fault = ? WHERE sender = ? AND topic = ? AND lane = ? AND number = ?",
        (parked.fault, *_place(parked.message)),
    )


def _expect(run: Run, message: Message) -> None:
    run(
        "INSERT INTO guards SELECT CAST(? AS TEXT), CASE WHEN COUNT(*) = 1 THEN 0 END FROM parked"
        " WHERE sender = ? AND topic = ? AND lane = ? AND number = ? ON CONFLICT DO NOTHING",
        (message.id, *_place(message)),
    )
    run("DELETE FROM guards WHERE stream = ?", (message.id,))


def _place(message: Message) -> tuple[str, str, int, int]:
    return message.sender, message.topic, message.lane, message.number
