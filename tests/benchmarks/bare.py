"""What everything is measured against: the library's own save, and a bare INSERT.

Both on stores of the same kind, beside ours, with the same durability: SQLite in WAL mode with
synchronous FULL, which is what the library and Python choose as well; PostgreSQL as it comes.
"""

import sqlite3
import uuid
from collections.abc import Callable
from pathlib import Path

import psycopg
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event

from shared.runtime.recorders import Database
from shared.runtime.store import Store
from tests.benchmarks.asked import report
from tests.benchmarks.rounds import Contender
from tests.support.stores import new_database

SAVE, INSERT = "bare save", "bare INSERT"


class Contact(Aggregate):
    """The same facts as in a `ContactReported`, as a user of the library would write them."""

    @event("Reported")
    def __init__(self, channel: str, received_on: str, area: str, language: str) -> None:
        self.channel, self.received_on = channel, received_on
        self.area, self.language = area, language


def bare(store: Store, directory: Path) -> list[Contender]:
    """The two contenders on a store of the same kind as this one."""
    state = store.recorder.select_notifications(None, 1)[0].state
    if store.on_postgres:
        return [_saving(_postgres(new_database())), _inserting(_into_postgres(), "%s", state)]
    library = {
        "PERSISTENCE_MODULE": "eventsourcing.sqlite",
        "SQLITE_DBNAME": str(directory / "bare-save.sqlite"),
    }
    return [_saving(library), _inserting(_into_sqlite(directory), "?", state)]


def _postgres(where: Database) -> dict[str, str]:
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": where.dbname,
        "POSTGRES_HOST": where.host,
        "POSTGRES_PORT": str(where.port),
        "POSTGRES_USER": where.user,
        "POSTGRES_PASSWORD": where.password,
    }


def _saving(env: dict[str, str]) -> Contender:
    application: Application[uuid.UUID] = Application(env=env)
    told = report()
    facts = (told.channel.value, told.received_on.isoformat(), told.area.value, "it")

    def run(times: int) -> None:
        for _ in range(times):
            application.save(Contact(*facts))

    return Contender(SAVE, run)


def _inserting(execute: Callable[..., object], mark: str, state: bytes) -> Contender:
    insert = f"INSERT INTO events VALUES ({mark}, {mark}, {mark}, {mark})"  # noqa: S608  # marks

    def run(times: int) -> None:
        for _ in range(times):
            execute(insert, (f"contact-{uuid.uuid4().hex}", 1, "contact.reported.v1", state))

    return Contender(INSERT, run)


def _into_sqlite(directory: Path) -> Callable[..., object]:
    database = sqlite3.connect(directory / "bare-insert.sqlite", isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    durable = database.execute("PRAGMA synchronous").fetchone()[0]
    assert durable == 2, "Python's SQLite no longer defaults to synchronous FULL"
    database.execute(_TABLE.format(bytes="BLOB"))
    return database.execute


def _into_postgres() -> Callable[..., object]:
    where = new_database()
    database = psycopg.connect(
        **vars(where),
        autocommit=True,
    )
    database.execute(_TABLE.format(bytes="BYTEA").encode())
    return database.execute


_TABLE = (
    "CREATE TABLE events (stream TEXT, version BIGINT, name TEXT, state {bytes},"
    " PRIMARY KEY (stream, version))"
)
