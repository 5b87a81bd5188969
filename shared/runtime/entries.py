"""The entries of the audit log as they were hashed: ciphertext and pseudonyms, never a name."""

from collections.abc import Iterator

from eventsourcing.persistence import StoredEvent

from shared.runtime.mapper import envelope
from shared.runtime.recorders import Run
from shared.runtime.store import Row, Store

_BATCH = 2_000
_LEAVES = (
    "SELECT a.idx, a.hash, a.stream, a.version, a.entry, e.topic, e.state FROM audit a"
    " LEFT JOIN stored_events e"
    " ON e.originator_id = a.stream AND e.originator_version = a.version"
    " WHERE a.idx >= ? AND a.idx < ? ORDER BY a.idx"
)


def leaves(store: Store, run: Run, size: int) -> Iterator[list[tuple[bytes, bytes]]]:
    """The first so many entries, each with its leaf hash, in lists of some thousands."""
    for begin in range(0, size, _BATCH):
        rows = run(_LEAVES, (begin, min(begin + _BATCH, size)))
        yield [(_bytes(store, row), bytes(row["hash"])) for row in rows]


def entry_at(store: Store, index: int) -> bytes:
    """One entry, which must be there."""
    (row,) = store.rows(_LEAVES, (index, index + 1))
    return _bytes(store, row)


def _bytes(store: Store, row: Row) -> bytes:
    if row["entry"] is not None:
        return str(row["entry"]).encode()
    stored = StoredEvent(row["stream"], row["version"], row["topic"], bytes(row["state"]))
    return envelope(store.service.name, stored)
