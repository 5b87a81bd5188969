"""A stream's state from its newest snapshot on."""

import inspect
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import Any

from eventsourcing.persistence import StoredEvent
from pydantic import TypeAdapter

from shared.runtime.facts import Decider
from shared.runtime.many import marks, parts
from shared.runtime.recorders import Read
from shared.runtime.rows import Snapshot
from shared.runtime.store import Row, Store


def load(store: Store, decider: Decider[Any, Any, Any], stream: str) -> tuple[Any, int]:
    """The state and version (0: no such stream) of one stream, from its newest snapshot on."""
    ((sql, given),) = asking({stream: decider})
    return loaded(store, decider, stream, store.rows(sql, given))


def asking(streams: Mapping[str, Decider[Any, Any, Any]]) -> Sequence[Read]:
    """Of each its snapshot, where there is one, and the events after it: one statement sees one
    moment. The rows of all the answers together say whose they are; a stream's are in order."""
    alike: dict[str, list[str]] = defaultdict(list)
    for stream, decider in streams.items():
        alike[fingerprint(decider)].append(stream)
    return [
        (_some(len(names)), (*names, taken))
        for taken, wanted in alike.items()
        for names in parts(wanted)
    ]


@lru_cache(maxsize=8)
def _some(count: int) -> str:
    return (
        f"WITH wanted (stream) AS (VALUES {marks(1, count)}), begun AS"  # noqa: S608  # marks
        " (SELECT wanted.stream, version, state FROM wanted LEFT JOIN snapshots"
        " ON snapshots.stream = wanted.stream AND fingerprint = ?)"
        " SELECT stream, version, CAST(NULL AS TEXT) AS name, CAST(NULL AS BLOB) AS stored,"
        " state AS taken FROM begun WHERE version IS NOT NULL"
        " UNION ALL SELECT stream, originator_version, topic, stored_events.state, NULL"
        " FROM begun JOIN stored_events ON originator_id = stream"
        " AND originator_version > COALESCE(version, 0) ORDER BY 1, 2"
    )


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
