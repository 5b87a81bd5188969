"""All that one service's store holds, read past the code that wrote it."""

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from eventsourcing.persistence import StoredEvent
from psycopg.rows import dict_row

from shared.runtime.message import Message
from staffetta.four import Part

Row = Mapping[str, Any]
Ask = Callable[[str], list[Row]]
Lane = tuple[str, int]
_LOG_ORDER = {"sqlite": "rowid", "postgres": "notification_id"}


@dataclass(frozen=True)
class Ledger:
    """One moment of one store: events in the order of the log, the outbox in that of numbers."""

    part: Part
    events: Sequence[StoredEvent]
    outbox: Sequence[Message]
    lanes: Mapping[Lane, int]
    relayed: Mapping[Lane, int]
    inbox: Mapping[tuple[str, str, int], int]
    answers: Mapping[tuple[str, str], Row]
    audit: Sequence[Row]
    audit_size: int
    parked: Sequence[Message]
    tables: Mapping[str, Mapping[str, Row]]

    @property
    def name(self) -> str:
        return self.part.name


@contextmanager
def on_sqlite(path: Path) -> Iterator[Ask]:
    """Questions to a SQLite file, all of one moment; nothing that is done here stays."""
    with closing(sqlite3.connect(path, timeout=30, isolation_level=None)) as connection:
        connection.row_factory = sqlite3.Row
        connection.execute("BEGIN")
        yield lambda sql: [dict(row) for row in connection.execute(sql).fetchall()]


@contextmanager
def on_postgres(connection_string: str) -> Iterator[Ask]:
    """The same to a PostgreSQL database."""
    with closing(psycopg.connect(connection_string, row_factory=dict_row)) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ

        def ask(sql: str) -> list[Row]:
            cursor = connection.execute(sql.encode())
            return list(cursor.fetchall()) if cursor.description else []

        yield ask


def read_ledger(part: Part, ask: Ask, kind: str) -> Ledger:
    """`kind`: sqlite or postgres."""
    return Ledger(
        part,
        events=_events(ask, _LOG_ORDER[kind]),
        outbox=[
            _message(part.name, row)
            for row in ask("SELECT * FROM outbox ORDER BY topic, lane, number")
        ],
        lanes=_by_lane(ask("SELECT topic, lane, last AS number FROM lanes")),
        relayed=_by_lane(ask("SELECT topic, lane, number FROM relayed")),
        inbox={
            (row["sender"], row["topic"], row["lane"]): row["number"]
            for row in ask("SELECT * FROM inbox")
        },
        answers={
            (row["scope"], row["key"]): json.loads(row["outcome"])
            for row in ask("SELECT scope, key, outcome FROM answers")
        },
        audit=ask("SELECT * FROM audit ORDER BY idx"),
        audit_size=ask("SELECT size FROM audit_head")[0]["size"],
        parked=[_message(row["sender"], row) for row in ask("SELECT * FROM parked")],
        tables={
            table.name: {row["key"]: row for row in ask(f"SELECT * FROM {table.name}")}  # noqa: S608  # a declared name
            for table in part.service.tables
        },
    )


def _events(ask: Ask, order: str) -> list[StoredEvent]:
    columns = "originator_id, originator_version, topic, state"
    found = ask(f"SELECT {columns} FROM stored_events ORDER BY {order}")  # noqa: S608  # see above
    return [StoredEvent(**row) for row in found]


def _by_lane(rows: Sequence[Row]) -> dict[Lane, int]:
    return {(row["topic"], row["lane"]): row["number"] for row in rows}


def _message(sender: str, row: Row) -> Message:
    place = (sender, row["topic"], row["lane"], row["number"])
    return Message(*place, row["id"], row["type"], row["subject"], row["at"], row["data"])
