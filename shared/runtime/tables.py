"""Read tables: made from declarations, written row by row within the append transaction."""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any

from shared.runtime.facts import Change, Table

Run = Callable[[str, Sequence[Any]], object]


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


def write_change(run: Run, change: Change, suffix: str = "") -> None:
    """Insert, update the named columns, or delete (`values` None) one row, or those of `where`."""
    named = change.table + suffix
    if change.values is None:
        run(f"DELETE FROM {named} WHERE {change.where} = ?", (change.key,))  # noqa: S608  # declared names
        return
    if change.where != "key":
        sets = ", ".join(f"{column} = ?" for column in change.values)
        told = (*change.values.values(), change.key)
        run(f"UPDATE {named} SET {sets} WHERE {change.where} = ?", told)  # noqa: S608  # the same
        return
    run(upsert(change.table + suffix, tuple(change.values)), (change.key, *change.values.values()))


@lru_cache(maxsize=512)
def upsert(table: str, columns: tuple[str, ...]) -> str:
    names = ", ".join(("key", *columns))
    marks = ", ".join("?" * (len(columns) + 1))
    kept = ", ".join(f"{column} = excluded.{column}" for column in columns)
    action = f"UPDATE SET {kept}" if kept else "NOTHING"
    # Table and column names come from declarations in the code, never from a request.
    return (
        f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608  # declared names
        f" ON CONFLICT (key) DO {action}"
    )


def merged(changes: Iterable[Change]) -> list[Change]:
    """The same effect with one change per row: later columns win, a deletion wipes what was.

    A row that is deleted and then written again needs both changes, in that order; nothing goes
    past a change of many rows.
    """
    rows: dict[tuple[int, str, str], list[Change]] = {}
    part = 0
    for change in changes:
        if change.where != "key":
            rows[part + 1, change.table, change.key] = [change]
            part += 2
            continue
        row = rows.setdefault((part, change.table, change.key), [])
        if change.values is None:
            row[:] = [change]
        elif row and row[-1].values is not None:
            row[-1] = Change(change.table, change.key, {**row[-1].values, **change.values})
        else:
            row.append(change)
    return [change for row in rows.values() for change in row]
