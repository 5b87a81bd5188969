"""Read tables made again from the log, beside the live ones, and swapped in one transaction."""

import secrets
from collections.abc import Callable, Sequence

from shared.runtime.facts import Change, Table
from shared.runtime.store import Row, Store
from shared.runtime.tables import definition, index_definitions, merged, write_changes

_BATCH = 5_000
_NEW = "__rebuilt"
Run = Callable[..., list[Row]]


def rebuild(store: Store, progress: Callable[[int, int], None]) -> int:
    """Rebuild every read table while the service serves. `progress(done, total)` in events.

    Returns the number of events read. Killed midway it leaves the live tables as they were.
    """
    tables = store.service.tables
    with store.transaction(commit=True) as run:
        for table in tables:
            run(f"DROP TABLE IF EXISTS {table.name}{_NEW}")
            run(definition(table, table.name + _NEW))
    done, after = 0, 0
    total = store.recorder.max_notification_id() or 0
    while events := _events_after(store, store.rows, after):
        changes = _changes(store, events)
        with store.transaction(commit=True) as run:
            write_changes(run, changes, _NEW)
        done, after = done + len(events), events[-1]["id"]
        progress(done, max(total, done))
    with store.transaction(commit=True) as run:
        # The audit head is locked by every append: none can come between the last look and this.
        run("UPDATE audit_head SET size = size WHERE id = 1")
        while events := _events_after(store, run, after):
            write_changes(run, _changes(store, events), _NEW)
            done, after = done + len(events), events[-1]["id"]
        _swap(run, tables)
    progress(done, done)
    return done


def _events_after(store: Store, run: Run, after: int) -> Sequence[Row]:
    """The log after a place, read through the connection at hand: who holds the writer's must not
    ask SQLite's pool for another, which stands in one queue with the writers that wait."""
    place = "notification_id" if store.on_postgres else "rowid"
    return run(
        f"SELECT {place} AS id, originator_id, originator_version, topic, state"  # noqa: S608  # one of two words above
        f" FROM stored_events WHERE {place} > ? ORDER BY {place} LIMIT ?",
        (after, _BATCH),
    )


def _changes(store: Store, events: Sequence[Row]) -> list[Change]:
    project, read = store.service.project, store.service.names.read
    recorded = (
        read(row["originator_id"], row["originator_version"], row["topic"], row["state"])
        for row in events
    )
    return merged(change for fact in recorded for change in project(fact))


def _swap(run: Run, tables: Sequence[Table]) -> None:
    generation = secrets.token_hex(4)
    for table in tables:
        run(f"DROP TABLE {table.name}")
        run(f"ALTER TABLE {table.name}{_NEW} RENAME TO {table.name}")
        for index in index_definitions(table, table.name, generation):
            run(index)
