"""The recorders of eventsourcing, with our append written inside their transaction."""

import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import Any

from eventsourcing.persistence import InterfaceError, OperationalError, StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteDatastore
from eventsourcing.utils import retry
from psycopg import RawCursor
from psycopg.conninfo import conninfo_to_dict

from shared.runtime import many
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
        with self._connections.writing() as cursor:
            write(cursor.execute, append or Append())
            _insert(cursor.execute, stored_events)

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
            RawCursor(connection) as cursor,
        ):

            def run(sql: str, given: Sequence[Any]) -> object:
                return cursor.execute(for_postgres(sql), given)

            cursor.execute("BEGIN")
            write(run, append or Append())
            if append and append.outbox:
                cursor.execute(TOLD)
            _insert(run, stored_events)
            cursor.execute("COMMIT")

    @_again
    def reads(self, *asked: Read) -> list[Rows]:
        """Without a transaction around them: ending one makes psycopg forget what it prepared."""
        with self.datastore.get_connection() as connection:
            cursors = [RawCursor(connection) for _ in asked]
            with connection.pipeline() if len(asked) > 1 else nullcontext():
                for cursor, (sql, given) in zip(cursors, asked, strict=True):
                    cursor.execute(for_postgres(sql), given)
            return [list(cursor.fetchall()) for cursor in cursors]

    @contextmanager
    def transaction(self, *, commit: bool) -> Iterator[Run]:
        with self.datastore.transaction(commit=commit) as theirs:
            cursor = RawCursor(theirs.connection)

            def run(sql: str, given: Sequence[Any] = ()) -> Rows:
                cursor.execute(for_postgres(sql), given)
                return list(cursor.fetchall()) if cursor.description else []

            yield run

    def close(self) -> None:
        self.datastore.close()


Recorder = SQLiteAppend | PostgresAppend


def _insert(run: many.Run, events: Sequence[StoredEvent]) -> None:
    """The events last: a version that somebody else took fails the transaction."""
    rows = [(e.originator_id, e.originator_version, e.topic, e.state) for e in events]
    columns = "originator_id, originator_version, topic, state"
    many.run_for(
        run,
        lambda count: f"INSERT INTO stored_events ({columns}) VALUES {many.marks(4, count)}",  # noqa: S608  # our own names
        rows,
    )


@lru_cache(maxsize=512)
def for_postgres(sql: str) -> bytes:
    """Our statements in PostgreSQL's words, `$1` for the first `?`: psycopg would read a statement
    of many rows anew each time. WITHOUT ROWID spares SQLite a tree."""
    numbers = count(1)
    numbered = re.sub(r"\?", lambda _: f"${next(numbers)}", sql)
    return numbered.replace("BLOB", "BYTEA").replace(" WITHOUT ROWID", "").encode()


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


# A process that is stopped in the midst of an append keeps the locks that every append takes. Who
# says nothing for so long within a transaction loses it, and the others go on.
STANDS_STILL_SECONDS = 5.0


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
        idle_in_transaction_session_timeout=STANDS_STILL_SECONDS,
    )
    return PostgresAppend(datastore)
