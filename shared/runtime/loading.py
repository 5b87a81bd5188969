"""A stream's state from its newest snapshot on."""

import inspect
from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256
from typing import Any

from eventsourcing.persistence import StoredEvent
from pydantic import TypeAdapter

from shared.runtime.facts import Decider
from shared.runtime.recorders import Read
from shared.runtime.rows import Snapshot
from shared.runtime.store import Row, Store

_STREAM = (
    "SELECT version, CAST(NULL AS TEXT) AS name, CAST(NULL AS BLOB) AS stored, state AS taken"
    " FROM snapshots WHERE stream = ? AND fingerprint = ?"
    " UNION ALL SELECT originator_version, topic, state, NULL FROM stored_events"
    " WHERE originator_id = ? AND originator_version > COALESCE("
    "(SELECT version FROM snapshots WHERE stream = ? AND fingerprint = ?), 0) ORDER BY 1"
)


def load(store: Store, decider: Decider[Any, Any, Any], stream: str) -> tuple[Any, int]:
    """The state and version (0: no such stream) of one stream, from its newest snapshot on."""
    return loaded(store, decider, stream, store.rows(*asking(decider, stream)))


def asking(decider: Decider[Any, Any, Any], stream: str) -> Read:
    """The snapshot, where there is one, and the events after it: one statement sees one moment."""
    taken = (stream, fingerprint(decider))
    return _STREAM, (*taken, stream, *taken)


def loaded(
    store: Store, decider: Decider[Any, Any, Any], stream: str, rows: Sequence[Row]
) -> tuple[Any, int]:
    """The state and version that these rows lead to."""
    state, version = decider.initial, 0
    for row in rows:
        version = row["version"]
        if row["name"] is None:
            state = _adapter(decider.shape).validate_json(row["taken"])
        else:
            stored = StoredEvent(stream, version, row["name"], bytes(row["stored"]))
            state = decider.evolve(state, store.service.names.recorded(stored).event)
    return state, version


def snapshot(decider: Decider[Any, Any, Any], stream: str, state: Any, version: int) -> Snapshot:
    """The state as it stands, to be loaded next time instead of the events that led to it."""
    text = _adapter(decider.shape).dump_json(state).decode()
    return Snapshot(stream, version, fingerprint(decider), text)


@lru_cache(maxsize=64)
def _adapter(shape: Any) -> TypeAdapter[Any]:
    return TypeAdapter(shape)


@lru_cache(maxsize=64)
def fingerprint(decider: Decider[Any, Any, Any]) -> str:
    """Changes with the code that evolves the state: an old snapshot is then left unread."""
    source = inspect.getsource(inspect.getmodule(decider.evolve) or decider.evolve)
    return sha256(source.encode()).hexdigest()[:16]
