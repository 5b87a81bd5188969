"""What was heard of others, word for word, for a while: so that it can be given back to a sender
that lost it, and so that a sender that tells something else under a number it has used is noticed.
"""

from collections.abc import Sequence

from shared.runtime.message import Message, written
from shared.runtime.store import Store

_AT_ONCE = 1_000


def kept(store: Store, sender: str, topic: str, lane: int, after: int) -> list[Message]:
    """The next messages above `after` that are still kept, in order, a thousand at most."""
    found = store.rows(
        "SELECT * FROM heard WHERE sender = ? AND topic = ? AND lane = ? AND number > ?"
        " ORDER BY number LIMIT ?",
        (sender, topic, lane, after, _AT_ONCE),
    )
    return [written(row) for row in found]


def told_otherwise(store: Store, again: Sequence[Message]) -> bool:
    """Whether one of these messages of one lane, heard before, was another then. Each row of an
    outbox has a random id, which it keeps: the same number with another id is another story."""
    if not again:
        return False
    first = min(again, key=lambda message: message.number)
    before = kept(store, first.sender, first.topic, first.lane, first.number - 1)
    known = {message.number: message.id for message in before}
    return any(known.get(message.number, message.id) != message.id for message in again)
