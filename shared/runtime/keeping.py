"""The statements that keep what was heard, for a while."""

from collections.abc import Sequence

from shared.runtime.many import Run, marks, run_for
from shared.runtime.message import Message

KEPT = 10_000
"""Of each lane the last so many are kept, and at most a tenth more."""
CLEARED_EVERY = KEPT // 10


def keep(run: Run, messages: Sequence[Message]) -> None:
    """Keep messages, in order within each lane, and let go of those that are too old."""
    told = [(*_lane(each), each.number, *_said(each)) for each in messages]
    run_for(run, lambda count: f"INSERT INTO heard VALUES {marks(9, count)}", told)  # noqa: S608  # marks
    first = {_lane(each): each.number for each in reversed(messages)}
    last = {_lane(each): each.number for each in messages}
    for lane, number in last.items():
        if number // CLEARED_EVERY > (first[lane] - 1) // CLEARED_EVERY:
            run(
                "DELETE FROM heard WHERE sender = ? AND topic = ? AND lane = ? AND number <= ?",
                (*lane, number - KEPT),
            )


def _lane(message: Message) -> tuple[str, str, int]:
    return message.sender, message.topic, message.lane


def _said(message: Message) -> tuple[str, ...]:
    return message.id, message.type, message.key, message.at, message.data
