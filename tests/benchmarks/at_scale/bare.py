"""The rows that a consumer has written, by bare INSERTs into tables of the same form."""

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any

import psycopg
from psycopg.rows import tuple_row

from shared.runtime.recorders import Database
from shared.runtime.store import Store
from tests.benchmarks.rounds import timed

# As many messages as the consumer takes of one lane at once.
BATCH = 500
Rows = Sequence[tuple[Any, ...]]
_WRITTEN = {
    "stored_events": "SELECT * FROM stored_events WHERE notification_id > %s",
    "audit": "SELECT audit.* FROM audit JOIN stored_events ON stream = originator_id"
    " AND version = originator_version WHERE notification_id > %s",
    "custody": "SELECT custody.* FROM custody JOIN stored_events ON key = originator_id"
    " AND originator_version = 1 WHERE notification_id > %s",
}


def mark(store: Store) -> int:
    """Where the log ends now."""
    return store.recorder.max_notification_id() or 0


def seconds_to_insert(where: Database, begun: int) -> float:
    """For all that was written after a mark: every table's rows, a transaction for each batch."""
    with psycopg.connect(
        **vars(where),
        row_factory=tuple_row,
    ) as connection:
        written = {
            table: connection.execute(rows.encode(), (begun,)).fetchall()
            for table, rows in _WRITTEN.items()
        }
        for table in written:
            connection.execute(f"CREATE TABLE bare_{table} (LIKE {table} INCLUDING ALL)".encode())
        connection.commit()
        seconds = timed(lambda: _insert(connection, written))
        for table in written:
            connection.execute(f"DROP TABLE bare_{table}".encode())
    return seconds


def _insert(connection: psycopg.Connection[Any], written: Mapping[str, Rows]) -> None:
    batches = [
        [(table, rows[begin : begin + size]) for begin in range(0, len(rows), size)]
        for table, rows in written.items()
        if (size := max(1, len(rows) * BATCH // len(written["stored_events"])))
    ]
    cursor = connection.cursor()
    for together in zip_longest(*batches):
        for table, rows in filter(None, together):
            marks = ", ".join(["%s"] * len(rows[0]))
            statement = f"INSERT INTO bare_{table} VALUES ({marks})"  # noqa: S608  # our own names
            cursor.executemany(statement.encode(), rows)
        connection.commit()
