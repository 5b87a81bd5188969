"""Read tables made again from the log, beside the live ones, and swapped in one transaction."""

import secrets
from collections.abc import Callable, Sequence

from eventsourcing.persistence import Notification

from shared.runtime.facts import Change, Table
from shared.runtime.store import Row, Store
from shared.runtime.tables import definition, index_definitions, merged, write_change

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
    while events := _events_after(store, after):
        with store.transaction(commit=True) as run:
            _fill(store, run, events)
        done, after = done + len(events), events[-1].id
        progress(done, max(total, done))
    with store.transaction(commit=True) as run:
        # The audit head is locked by every append: none can come between the last look and this.
        run("UPDATE audit_head SET size = size WHERE id = 1")
        while events := _events_after(store, after):
            _fill(store, run, events)
            done, after = done + len(events), events[-1].id
        _swap(run, tables)
    progress(done, done)
    return done


def _events_after(store: Store, after: int) -> Sequence[Notification]:
    return store.recorder.select_notifications(after + 1, _BATCH)


def _fill(store: Store, run: Run, events: Sequence[Notification]) -> None:
    changes: list[Change] = []
    for stored in events:
        changes.extend(store.service.project(store.service.names.recorded(stored)))
    for change in merged(changes):
        write_change(run, change, _NEW)


def _swap(run: Run, tables: Sequence[Table]) -> None:
    generation = secrets.token_hex(4)
    for table in tables:
        run(f"DROP TABLE {table.name}")
        run(f"ALTER TABLE {table.name}{_NEW} RENAME TO {table.name}")
        for index in index_definitions(table, table.name, generation):
            run(index)
