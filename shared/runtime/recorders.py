"""The recorders of eventsourcing, with our append written inside their transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from eventsourcing.persistence import ApplicationRecorder, StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteCursor, SQLiteDatastore
from psycopg import Cursor
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import DictRow

from shared.runtime.append import Append, write
from shared.trust.keys import write_ahead

Recorder = ApplicationRecorder
_MESSAGE_BYTES = 64 * 1024


class SQLiteAppend(SQLiteApplicationRecorder):
    def _insert_events(
        self,
        c: SQLiteCursor,
        stored_events: Sequence[StoredEvent],
        *,
        append: Append | None = None,
        **kwargs: Any,
    ) -> Sequence[int] | None:
        if append is not None:
            write(c.execute, append)
        return super()._insert_events(c, stored_events, **kwargs)


class PostgresAppend(PostgresApplicationRecorder):
    def _insert_events(
        self,
        curs: Cursor[DictRow],
        stored_events: Sequence[StoredEvent],
        *,
        append: Append | None = None,
        **kwargs: Any,
    ) -> None:
        if append is not None:
            write(lambda sql, given: curs.execute(for_postgres(sql), given), append)
        super()._insert_events(curs, stored_events, **kwargs)

    def _insert_stored_events(
        self, curs: Cursor[DictRow], stored_events: Sequence[StoredEvent], **kwargs: Any
    ) -> None:
        """The library sends all events in one message. In a pipeline psycopg never finishes
        sending one that is larger than what the socket takes at once, and waits for ever."""
        *before, last = _in_messages(stored_events)
        for events in before:
            with curs.connection.pipeline(), curs.connection.cursor() as each:
                super()._insert_stored_events(each, events, **kwargs)
        super()._insert_stored_events(curs, last, **kwargs)


def _in_messages(events: Sequence[StoredEvent]) -> list[list[StoredEvent]]:
    """The events in order, cut so that no message is much above the bound."""
    messages: list[list[StoredEvent]] = [[]]
    size = 0
    for event in events:
        if size > _MESSAGE_BYTES:
            messages.append([])
            size = 0
        messages[-1].append(event)
        size += len(event.state)
    return messages


@lru_cache(maxsize=512)
def for_postgres(sql: str) -> bytes:
    """Our statements in PostgreSQL's words: `%s` for `?`, BYTEA for BLOB."""
    return sql.replace("?", "%s").replace("BLOB", "BYTEA").encode()


def sqlite_recorder(path: str) -> SQLiteAppend:
    """SQLite in WAL mode, synchronous FULL, waiting up to 30 s for another process's write."""
    write_ahead(Path(path))
    return SQLiteAppend(SQLiteDatastore(path, lock_timeout=30, originator_id_type="text"))


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
