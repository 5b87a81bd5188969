"""A key store that several machines reach: tables in a PostgreSQL database of its own.

Never in the database of the events, nor in its backups: a key that was destroyed would come back.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from select import POLLIN, poll
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool import ConnectionPool

from shared.trust.kek import KekOf, OutOfReach
from shared.trust.key_store import KeyStore

_PATIENCE_SECONDS, _LOCK_PATIENCE = 5, "30s"
# Within a transaction a server that wraps keys is asked, which may take its own patience. Who says
# nothing for longer, as a stopped process does, loses its turn before the others lose theirs.
STANDS_STILL = "20s"
_CONNECTIONS = 8
_TABLES = (
    "CREATE TABLE IF NOT EXISTS wrapped (subject TEXT, class TEXT, version BIGINT NOT NULL,"
    " key BYTEA NOT NULL, PRIMARY KEY (subject, class))",
    "CREATE TABLE IF NOT EXISTS destroyed (subject TEXT PRIMARY KEY)",
)


class NoKeyTable(OutOfReach):
    """The database of the keys does not answer, or refuses us."""


def keys_in_table(connection: str, service: str, kek_of: KekOf) -> KeyStore:
    """The keys of a service, in the schema `keys_SERVICE` of the database that `connection` names
    as PostgreSQL's own clients take it; both are made where they are missing.

    Raises `NoKeyTable`, and `NoKek`: also where the key-encryption key is another than the one
    that other machines wrap these keys under.
    """
    shelf = _TableShelf(connection, f"keys_{service}")
    try:
        return KeyStore(service, shelf, kek_of, shared=True)
    except BaseException:
        shelf.close()
        raise


def holds_keys(connection: str, service: str) -> bool:
    """Whether anything was ever kept there; nothing is made by looking. Raises `NoKeyTable`."""
    with _told(), psycopg.connect(connection, connect_timeout=_PATIENCE_SECONDS) as looking:
        table = f"keys_{service}.wrapped"
        found = looking.execute("SELECT to_regclass(%s)", (table,)).fetchone()
        if found is None or found[0] is None:
            return False
        name = sql.Identifier(f"keys_{service}", "wrapped")
        any_row = sql.SQL("SELECT 1 FROM {} LIMIT 1").format(name)
        return looking.execute(any_row).fetchone() is not None


class _Statements:
    def __init__(self, connection: psycopg.Connection[tuple[Any, ...]]) -> None:
        self._connection = connection

    def rows(self, sql: str, given: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        # A key is bytes: read as text it would be written in hexadecimal digits and parsed.
        cursor = self._connection.execute(_marked(sql), given, binary=True)
        return cursor.fetchall() if cursor.description else []

    def many(self, sql: str, given: Sequence[Sequence[Any]]) -> None:
        self._connection.cursor().executemany(_marked(sql), given)


class _TableShelf:
    def __init__(self, connection: str, schema: str) -> None:
        self._schema = schema
        options = (
            str(conninfo_to_dict(connection).get("options") or ""),
            f"-c search_path={schema}",
            # A key is on the disk before anything is sealed with it, whatever the server's default.
            "-c synchronous_commit=on",
            f"-c lock_timeout={_LOCK_PATIENCE}",
            f"-c idle_in_transaction_session_timeout={STANDS_STILL}",
        )
        self._pool = ConnectionPool(
            make_conninfo(connection, options=" ".join(options), connect_timeout=_PATIENCE_SECONDS),
            kwargs={"autocommit": True},
            min_size=1,
            max_size=_CONNECTIONS,
            timeout=_PATIENCE_SECONDS,
            check=_has_not_hung_up,
            open=True,
        )
        try:
            self._prepare()
        except BaseException:
            self.close()
            raise

    @contextmanager
    def reading(self) -> Iterator[_Statements]:
        with _told(), self._pool.connection() as connection:
            yield _Statements(connection)

    @contextmanager
    def writing(self) -> Iterator[_Statements]:
        with _told(), self._pool.connection() as connection, connection.transaction():
            self._lock(connection)
            yield _Statements(connection)

    def sweep(self) -> None:
        """Nothing to do here. What PostgreSQL deleted, it overwrites when it comes to it; it was
        wrapped, and does not open once the key-encryption key was rotated."""

    def close(self) -> None:
        self._pool.close()

    def _lock(self, connection: psycopg.Connection[tuple[Any, ...]]) -> None:
        connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (self._schema,))

    def _prepare(self) -> None:
        """Looked at first: a role that may not create schemas can use one that was made for it."""
        with _told(), self._pool.connection() as connection, connection.transaction():
            self._lock(connection)
            there = connection.execute("SELECT to_regnamespace(%s)", (self._schema,)).fetchone()
            if there is None or there[0] is None:
                connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(self._schema)))
            for table in _TABLES:
                connection.execute(table)


def _has_not_hung_up(connection: psycopg.Connection[tuple[Any, ...]]) -> None:
    """A server that ended the connection has said so on it, and only where something was said a
    round trip is spent on asking: it would double the cost of reading a key."""
    waiting = poll()
    waiting.register(connection.fileno(), POLLIN)
    if waiting.poll(0):
        ConnectionPool.check_connection(connection)


@contextmanager
def _told() -> Iterator[None]:
    """Without PostgreSQL's own words: they may name hosts, roles and subjects."""
    try:
        yield
    except psycopg.Error as error:
        why = "the database of the keys does not answer, or refuses us"
        raise NoKeyTable(f"{why} ({type(error).__name__})") from None


@cache
def _marked(statement: str) -> bytes:
    return statement.replace("?", "%s").encode()
