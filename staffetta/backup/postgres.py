"""PostgreSQL: every table copied out in one transaction, and copied in in another.

`COPY` and not `pg_dump`: its programs are not always there, in the right version, where a service
runs; and everything that is checked here must be seen in the same snapshot.
"""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import IsolationLevel, sql

from shared.runtime.recorders import Database, PostgresAppend, for_postgres
from shared.runtime.schema import SCHEMA
from shared.runtime.store import Service, Store, create_lanes, create_tables, migrate
from staffetta.backup.manifest import (
    File,
    Manifest,
    NotRestorable,
    Positions,
    Show,
    described,
)
from staffetta.backup.measuring import Ask, Rows, Uneven, measured
from staffetta.backup.saving import tables_print
from staffetta.backup.sqlite import InUse, Mark

_CHUNK = 1 << 20
_PATIENCE_SECONDS = 5.0
Connection = psycopg.Connection[tuple[Any, ...]]


def exported(
    where: Database, service: Service, directory: Path, show: Show
) -> tuple[Positions, tuple[File, ...]]:
    """Every table as a file of mode 0600, all as of one moment, while the service serves."""
    with connected(where) as connection:
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        tables = [name for name in _tables(service) if _columns(connection, name)]
        told = _Told(show, sum(_size(connection, name) for name in tables))
        files = [_out(connection, name, directory, told) for name in tables]
        positions = measured(_asking(connection))
    told.end()
    return positions, tuple(files)


def imported(where: Database, store: Store, source: Path, manifest: Manifest, mark: Mark) -> str:
    """Put the backup in the place of what is in the store's database, in one transaction. Gives the
    schema in which the old tables are kept, or nothing where there was nothing in them.

    Closes the store's own connections. Raises `InUse` where anybody else is connected.
    """
    service = store.service
    try:
        migrate(store)  # the types that the library needs can only be made beforehand
    finally:
        store.close()
    with connected(where) as connection:
        _nobody_else(connection)
        aside = _put_aside(connection, service)
        _make_tables(connection, store)
        for file in manifest.files:
            _in(connection, file, source, service, same=manifest.tables == tables_print(service))
        create_lanes(service.topics, _running(connection))
        _compare(connection, source, manifest)
        mark(_running(connection))
    return aside


@contextmanager
def connected(where: Database) -> Iterator[Connection]:
    """One connection, committed at the end, rolled back by an error."""
    with psycopg.connect(
        **vars(where),
        connect_timeout=5,
    ) as connection:
        yield connection


class _Told:
    """How much was written, against the size on disk, which is only about the same."""

    def __init__(self, show: Show, total: int) -> None:
        self._show, self._total, self._done = show, total, 0

    def more(self, count: int) -> None:
        self._done += count
        self._show(min(self._done, self._total), self._total)

    def end(self) -> None:
        self._show(self._done, self._done)


def _tables(service: Service) -> list[str]:
    ours = [statement.split()[5] for statement in SCHEMA if statement.startswith("CREATE TABLE")]
    return ["stored_events", *ours, *(table.name for table in service.tables)]


def _columns(connection: Connection, table: str) -> tuple[str, ...]:
    found = connection.execute(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name = %s ORDER BY ordinal_position",
        (table,),
    )
    return tuple(name for (name,) in found)


def _size(connection: Connection, table: str) -> int:
    (row,) = connection.execute("SELECT pg_table_size(%s::regclass)", (table,))
    return int(row[0])


def _out(connection: Connection, table: str, directory: Path, told: _Told) -> File:
    columns = _columns(connection, table)
    path = directory / f"{table}.copy"
    command = sql.SQL("COPY {} ({}) TO STDOUT (FORMAT BINARY)").format(
        sql.Identifier("public", table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with (
        os.fdopen(descriptor, "wb") as file,
        connection.cursor() as cursor,
        cursor.copy(command) as copy,
    ):
        for chunk in copy:
            file.write(chunk)
            told.more(len(chunk))
    return described(path, columns)


def _in(connection: Connection, file: File, source: Path, service: Service, *, same: bool) -> None:
    table = file.name.removesuffix(".copy")
    if table not in _tables(service):
        raise NotRestorable(f"{source / file.name} is a table that this Staffetta does not know")
    if not same and table in {each.name for each in service.tables}:
        return  # another version's list: made again from the log
    command = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(
        sql.Identifier("public", table), sql.SQL(", ").join(map(sql.Identifier, file.columns))
    )
    with (
        (source / file.name).open("rb") as rows,
        connection.cursor() as cursor,
        cursor.copy(command) as copy,
    ):
        while chunk := rows.read(_CHUNK):
            copy.write(chunk)


def _nobody_else(connection: Connection) -> None:
    """A connection that was just closed may be seen a moment longer."""
    ends = time.monotonic() + _PATIENCE_SECONDS
    while True:
        (row,) = connection.execute(
            "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        connection.rollback()  # what is seen of the others stays the same within a transaction
        if not row[0]:
            return
        if time.monotonic() > ends:
            raise InUse
        time.sleep(0.1)


def _put_aside(connection: Connection, service: Service) -> str:
    """The tables that are there go to a schema of their own, where anything happened in them."""
    # As a service that starts does, before it makes tables.
    connection.execute("SELECT pg_advisory_xact_lock(726001)")
    (row,) = connection.execute("SELECT EXISTS (SELECT 1 FROM audit)")
    there = [name for name in _tables(service) if _columns(connection, name)]
    if not row[0]:
        for name in there:
            connection.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier("public", name)))
        return ""
    (moment,) = connection.execute(
        "SELECT 'before_' || to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYYMMDD_HH24MISS_US')"
    )
    aside = str(moment[0])
    connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(aside)))
    for name in there:
        move = sql.SQL("ALTER TABLE {} SET SCHEMA {}")
        connection.execute(move.format(sql.Identifier("public", name), sql.Identifier(aside)))
    return aside


def _make_tables(connection: Connection, store: Store) -> None:
    if not isinstance(store.recorder, PostgresAppend):
        raise TypeError("not a store on PostgreSQL")
    for statement in store.recorder.sql_create_statements:
        if "CREATE TYPE" not in statement.as_string():
            connection.execute(statement)
    create_tables(store, _running(connection), set())
    connection.execute("TRUNCATE lanes, audit_head")


def _compare(connection: Connection, source: Path, manifest: Manifest) -> None:
    connection.execute(
        "SELECT setval(pg_get_serial_sequence('stored_events', 'notification_id'),"
        " COALESCE(MAX(notification_id), 1), MAX(notification_id) IS NOT NULL) FROM stored_events"
    )
    try:
        there = measured(_asking(connection))
    except Uneven as wrong:
        raise NotRestorable(f"{source}: {wrong}") from None
    if there != manifest.positions:
        raise NotRestorable(f"{source}: the manifest speaks of another store")


def _asking(connection: Connection) -> Ask:
    def ask(statement: str) -> Rows:
        # Named, so that the rows stay at the server until they are asked for.
        with connection.cursor(name="backup") as cursor:
            cursor.itersize = 10_000
            cursor.execute(statement.encode())
            yield from cursor

    return ask


def _running(connection: Connection) -> Any:
    def run(statement: str, given: Sequence[Any] = ()) -> list[dict[str, Any]]:
        with psycopg.RawCursor(connection, row_factory=psycopg.rows.dict_row) as cursor:
            cursor.execute(for_postgres(statement), given)
            return list(cursor.fetchall()) if cursor.description else []

    return run
