"""The port by which anybody follows a service's outbox: rows of a topic's lane after a number.

In one process the other services follow it directly; Kafka's relay and the healing over HTTP
read through the same two functions.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from shared.runtime.message import Message
from shared.runtime.store import Store
from shared.runtime.wake import Wake

_ROWS = (
    "SELECT number, id, type, subject, at, data, trace FROM outbox"
    " WHERE topic = ? AND lane = ? AND number > ? ORDER BY number LIMIT ?"
)


class Outbox(Protocol):
    """What a receiver needs of a sender."""

    sender: str

    @property
    def wake(self) -> Wake: ...

    def heads(self, topic: str) -> Mapping[int, int]:
        """Lane -> last number written (0: none yet)."""
        ...

    def rows(self, topic: str, lane: int, after: int, limit: int) -> Sequence[Message]:
        """At most `limit` rows above `after`, in order."""
        ...


class StoreOutbox:
    """The outbox read from the sender's own store."""

    def __init__(self, store: Store) -> None:
        self._store, self.sender = store, store.service.name

    @property
    def wake(self) -> Wake:
        return self._store.wake

    def heads(self, topic: str) -> Mapping[int, int]:
        found = self._store.rows("SELECT lane, last FROM lanes WHERE topic = ?", (topic,))
        return {row["lane"]: row["last"] for row in found}

    def rows(self, topic: str, lane: int, after: int, limit: int) -> Sequence[Message]:
        return self.rows_of_lanes([(topic, lane, after)], limit)[0]

    def rows_of_lanes(
        self, places: Sequence[tuple[str, int, int]], limit: int
    ) -> list[list[Message]]:
        """The same for several (topic, lane, after) in one go."""
        found = self._store.reads(*((_ROWS, (*place, limit)) for place in places))
        return [
            # In the order of a message's own fields: no row is named a second time.
            [Message(self.sender, topic, lane, *row.values()) for row in rows]
            for (topic, lane, _after), rows in zip(places, found, strict=True)
        ]
