"""The recorders of eventsourcing, with our append written inside their transaction."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from eventsourcing.persistence import InterfaceError, OperationalError, StoredEvent
from eventsourcing.postgres import (
    PostgresAggregateRecorder,
    PostgresApplicationRecorder,
    PostgresDatastore,
)
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteDatastore
from eventsourcing.utils import retry
from psycopg.conninfo import conninfo_to_dict

from shared.runtime.append import Append, write
from shared.runtime.connections import Connections
from shared.trust.sqlite import write_ahead

Rows = list[Mapping[str, Any]]
Read = tuple[str, Sequence[Any]]
Run = Callable[..., Rows]


class SQLiteAppend(SQLiteApplicationRecorder):
    def __init__(self, path: str) -> None:
        super().__init__(SQLiteDatastore(path, lock_timeout=30, originator_id_type="text"))
        self._connections = Connections(path)

    def insert_events(
        self, stored_events: Sequence[StoredEvent], *, append: Append | None = None, **_: Any
    ) -> None:
        rows = [(e.originator_id, e.originator_version, e.topic, e.state) for e in stored_events]
        with self._connections.writing() as cursor:
            write(cursor.execute, append or Append())
            cursor.executemany(self.insert_events_statement, rows)

    def reads(self, *asked: Read) -> list[Rows]:
        with self._connections.reading() as cursor:
            return [_rows(cursor.execute(sql, given)) for sql, given in asked]

    @contextmanager
    def transaction(self, *, commit: bool) -> Iterator[Run]:
        def run(sql: str, given: Sequence[Any] = ()) -> Rows:
            return _rows(cursor.execute(sql, given))

        if commit:
            with self._connections.writing() as cursor:
                yield run
            return
        with self._connections.reading() as cursor:
            cursor.execute("BEGIN")
            try:
                yield run
            finally:
                cursor.execute("ROLLBACK")

    def close(self) -> None:
        self._connections.close()
        self.datastore.close()


def _rows(cursor: sqlite3.Cursor) -> Rows:
    return [dict(row) for row in cursor.fetchall()]


# Wakes the relay, where a commit is of interest to others; the library's own channel nobody hears.
TOLD = b"NOTIFY outbox"
# As the library does with each of its own statements: a server that was started anew is no error.
_again = retry((InterfaceError, OperationalError), max_attempts=10, wait=0.2)


class PostgresAppend(PostgresApplicationRecorder):
    @_again
    def insert_events(
        self, stored_events: Sequence[StoredEvent], *, append: Append | None = None, **_: Any
    ) -> None:
        """One transaction, sent in one go; leaving it by an error rolls back.

        The library waits twice on the way, once so that it never ends where a message is larger
        than what the socket takes at once; and it locks the table, to keep its order: ours is
        kept by the audit head, which every append holds.
        """
        with (
            self.datastore.get_connection() as connection,
            connection.pipeline(),
            connection.cursor() as cursor,
        ):
            cursor.execute("BEGIN")
            write(lambda sql, given: cursor.execute(for_postgres(sql), given), append or Append())
            if append and append.outbox:
                cursor.execute(TOLD)
            if stored_events:
                PostgresAggregateRecorder._insert_stored_events(self, cursor, stored_events)
            cursor.execute("COMMIT")

    @_again
    def reads(self, *asked: Read) -> list[Rows]:
        """Without a transaction around them: ending one makes psycopg forget what it prepared."""
        with self.datastore.get_connection() as connection:
            if len(asked) == 1:
                ((sql, given),) = asked
                return [list(connection.execute(for_postgres(sql), given).fetchall())]
            with connection.pipeline():
                found = [connection.execute(for_postgres(sql), given) for sql, given in asked]
            return [list(cursor.fetchall()) for cursor in found]

    @contextmanager
    def transaction(self, *, commit: bool) -> Iterator[Run]:
        with self.datastore.transaction(commit=commit) as cursor:

            def run(sql: str, given: Sequence[Any] = ()) -> Rows:
                cursor.execute(for_postgres(sql), given)
                return list(cursor.fetchall()) if cursor.description else []

            yield run

    def close(self) -> None:
        self.datastore.close()


Recorder = SQLiteAppend | PostgresAppend


@lru_cache(maxsize=512)
def for_postgres(sql: str) -> bytes:
    """Our statements in PostgreSQL's words. WITHOUT ROWID spares SQLite a tree."""
    return sql.replace("?", "%s").replace("BLOB", "BYTEA").replace(" WITHOUT ROWID", "").encode()


def sqlite_recorder(path: str) -> SQLiteAppend:
    """SQLite in WAL mode, synchronous FULL, waiting up to 30 s for another process's write."""
    write_ahead(Path(path))
    return SQLiteAppend(path)


@dataclass(frozen=True)
class Database:
    """Where a service's PostgreSQL database is; `host` may be the directory of a socket."""

    dbname: str
    host: str
    port: int
    user: str
    password: str = field(repr=False)


def database_at(connection: str) -> Database:
    """From a connection string or URL as PostgreSQL's own clients take it."""
    told = conninfo_to_dict(connection)
    return Database(
        str(told.get("dbname") or ""),
        str(told.get("host") or "127.0.0.1"),
        int(told.get("port") or 5432),
        str(told.get("user") or ""),
        str(told.get("password") or ""),
    )


def postgres_recorder(where: Database, connections: int = 14) -> PostgresAppend:
    """Never with the library's database functions: they lose tracking and the ordering lock."""
    datastore = PostgresDatastore(
        where.dbname,
        where.host,
        where.port,
        where.user,
        where.password,
        pool_size=2,
        max_overflow=connections - 2,
        originator_id_type="text",
    )
    return PostgresAppend(datastore)
