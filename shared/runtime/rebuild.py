"""Read tables made again from the log, beside the live ones, and swapped in one transaction."""

import re
import secrets
from collections.abc import Callable, Sequence

from eventsourcing.persistence import Notification

from shared.runtime.changing import changes_of
from shared.runtime.facts import Change, Table
from shared.runtime.store import Row, Store, names_there
from shared.runtime.tables import definition, index_definitions, write_changes

_BATCH = 5_000
_NEW = "__rebuilt"
Run = Callable[..., list[Row]]


def rebuild(store: Store, progress: Callable[[int, int], None]) -> int:
    """Rebuild every read table while the service serves. `progress(done, total)` in events.

    Returns the number of events read. Killed midway it leaves the live tables as they were; where
    another rebuild begins, this one fails, because its tables are gone.
    """
    tables, new = store.service.tables, f"{_NEW}_{secrets.token_hex(4)}"
    with store.transaction(commit=True) as run:
        _clear_away(store, run)
        for table in tables:
            run(definition(table, table.name + new))
    done, after = 0, 0
    total = store.recorder.max_notification_id() or 0
    while events := _next_batch(store, after):
        with store.transaction(commit=True) as run:
            _fill(store, run, events, new)
        done, after = done + len(events), events[-1].id
        progress(done, max(total, done))
    with store.transaction(commit=True) as run:
        # The audit head is locked by every append: none can come between the last look and this.
        run("UPDATE audit_head SET size = size WHERE id = 1")
        while events := _events_after(store, run, after):
            _fill(store, run, events, new)
            done, after = done + len(events), events[-1].id
        _swap(run, tables, new)
    progress(done, done)
    return done


def _clear_away(store: Store, run: Run) -> None:
    """What a rebuild left that was killed, or has been overtaken by this one."""
    tables = "|".join(re.escape(table.name) for table in store.service.tables)
    left = re.compile(f"({tables}){_NEW}(_[0-9a-f]+)?")
    for name in names_there(run, store.on_postgres):
        if left.fullmatch(name):
            run(f"DROP TABLE {name}")


def _next_batch(store: Store, after: int) -> Sequence[Notification]:
    with store.reading() as run:
        return _events_after(store, run, after)


def _events_after(store: Store, run: Run, after: int) -> Sequence[Notification]:
    """The log after a place, read through the connection at hand: who holds the writer's must not
    ask SQLite's pool for another, which stands in one queue with the writers that wait."""
    place = "notification_id" if store.on_postgres else "rowid"
    found = run(
        f"SELECT {place} AS id, originator_id, originator_version, topic, state"  # noqa: S608  # one of two words above
        f" FROM stored_events WHERE {place} > ? ORDER BY {place} LIMIT ?",
        (after, _BATCH),
    )
    return [Notification(**row) for row in found]


def _fill(store: Store, run: Run, events: Sequence[Notification], new: str) -> None:
    changes: list[Change] = []
    for stored in events:
        changes += changes_of(store, store.service.names.recorded(stored))
    write_changes(run, changes, new)


def _swap(run: Run, tables: Sequence[Table], new: str) -> None:
    generation = new.removeprefix(f"{_NEW}_")
    for table in tables:
        run(f"DROP TABLE {table.name}")
        run(f"ALTER TABLE {table.name}{new} RENAME TO {table.name}")
        for index in index_definitions(table, table.name, generation):
            run(index)
