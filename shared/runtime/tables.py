"""Read tables: made from declarations, written within the append transaction."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache, partial
from itertools import groupby
from typing import Any

from shared.runtime.facts import Change, Table
from shared.runtime.many import Run, marks, run_for


def definition(table: Table, named: str) -> str:
    columns = "".join(f", {column} {kind}" for column, kind in table.columns.items())
    return f"CREATE TABLE {named} (key TEXT PRIMARY KEY{columns}) WITHOUT ROWID"


def index_definitions(table: Table, named: str, generation: str) -> list[str]:
    """The indexes under names of one generation: an index keeps its name when its table moves."""
    return [
        f"CREATE INDEX {table.name}_{'_'.join(columns)}_{generation}"
        f" ON {named} ({', '.join(columns)})"
        for columns in table.indexes
    ]


def write_changes(run: Run, changes: Sequence[Change], suffix: str = "") -> None:
    """Insert, update the named columns, or delete (`values` None): each row once, in the end as if
    the changes had been made one after the other. `suffix` is added to the tables' names."""
    for wide, some in groupby(changes, lambda change: change.where != "key"):
        if wide:
            for change in some:
                _write_wide(run, change, change.table + suffix)
        else:
            _write_rows(run, merged(some), suffix)


def _write_rows(run: Run, changes: Sequence[Change], suffix: str) -> None:
    gone: dict[str, list[Sequence[Any]]] = defaultdict(list)
    kept: dict[tuple[str, tuple[str, ...]], list[Sequence[Any]]] = defaultdict(list)
    for change in changes:
        if change.values is None:
            gone[change.table].append((change.key,))
        else:
            row = (change.key, *change.values.values())
            kept[change.table, tuple(change.values)].append(row)
    for table, keys in gone.items():
        run_for(run, partial(_delete, table + suffix), keys)
    for (table, columns), rows in kept.items():
        run_for(run, partial(upsert, table + suffix, columns), rows)


def _write_wide(run: Run, change: Change, named: str) -> None:
    """Every row in which the column of `where` holds the key."""
    if change.values is None:
        run(f"DELETE FROM {named} WHERE {change.where} = ?", (change.key,))  # noqa: S608  # declared names
        return
    sets = ", ".join(f"{column} = ?" for column in change.values)
    told = (*change.values.values(), change.key)
    run(f"UPDATE {named} SET {sets} WHERE {change.where} = ?", told)  # noqa: S608  # the same


def _delete(table: str, count: int) -> str:
    return f"DELETE FROM {table} WHERE key IN ({marks(1, count)})"  # noqa: S608  # a declared name


@lru_cache(maxsize=512)
def upsert(table: str, columns: tuple[str, ...], count: int = 1) -> str:
    names = ", ".join(("key", *columns))
    kept = ", ".join(f"{column} = excluded.{column}" for column in columns)
    action = f"UPDATE SET {kept}" if kept else "NOTHING"
    # Table and column names come from declarations in the code, never from a request.
    return (
        f"INSERT INTO {table} ({names}) VALUES {marks(len(columns) + 1, count)}"  # noqa: S608  # declared names
        f" ON CONFLICT (key) DO {action}"
    )


def merged(changes: Iterable[Change]) -> list[Change]:
    """The same effect with one change per row: later columns win, a deletion wipes what was.

    A row that is deleted and then written again needs both changes, in that order.
    """
    rows: dict[tuple[str, str], list[Change]] = {}
    for change in changes:
        row = rows.setdefault((change.table, change.key), [])
        if change.values is None:
            row[:] = [change]
        elif row and row[-1].values is not None:
            row[-1] = Change(change.table, change.key, {**row[-1].values, **change.values})
        else:
            row.append(change)
    return [change for row in rows.values() for change in row]
