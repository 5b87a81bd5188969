"""One service's store: load a stream, append once, read tables. SQLite and PostgreSQL alike."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eventsourcing.persistence import IntegrityError, StoredEvent

from shared.runtime import metrics
from shared.runtime.append import Append
from shared.runtime.facts import (
    Change,
    Decider,
    Forget,
    Public,
    Recorded,
    Request,
    Table,
    TimerChange,
)
from shared.runtime.hold import Held, Hold
from shared.runtime.mapper import Names
from shared.runtime.recorders import (
    Database,
    PostgresAppend,
    Read,
    Recorder,
    Rows,
    Run,
    postgres_recorder,
    sqlite_recorder,
)
from shared.runtime.schema import ADDED, SCHEMA
from shared.runtime.tables import definition, index_definitions
from shared.runtime.wake import Wake
from shared.trust.keys import Keys

Row = Mapping[str, Any]
_CONCERNS = re.compile(r"^(?:CREATE (?:TABLE|INDEX) IF NOT EXISTS|INSERT INTO) (\w+)")
Pseudonym = Callable[[str], str]


class Conflict(Exception):
    """Somebody else appended first: load again and decide again."""


def _none_due(_recorded: Recorded) -> Sequence[TimerChange]:
    """Most services have no deadlines."""
    return ()


def _none_forgotten(_recorded: Recorded) -> Sequence[Forget]:
    return ()


def _found_by_nothing(_recorded: Recorded, _keys: Keys) -> Sequence[Change]:
    """What is sealed is found by nothing, unless a service says how."""
    return ()


@dataclass(frozen=True)
class Service:
    """A service's pure parts, as its store needs them. `topics`: name -> number of lanes; `about`
    says in a sentence what it owns. `forgets`: what is forgotten for good with a fact; `unheld`:
    the types of messages that do not wait behind what is parked of their case; `found_by`: rows by
    which a sealed field is found, computed under keys and never holding what is sealed."""

    name: str
    about: str
    names: Names
    tables: Sequence[Table]
    topics: Mapping[str, int]
    project: Callable[[Recorded], Sequence[Change]]
    publish: Callable[[Recorded, Pseudonym], Sequence[Public]]
    deadlines: Callable[[Recorded], Sequence[TimerChange]] = _none_due
    timed: Mapping[str, tuple[type[Request], Decider[Any, Any, Any]]] = field(default_factory=dict)
    forgets: Callable[[Recorded], Sequence[Forget]] = _none_forgotten
    unheld: frozenset[str] = frozenset()
    found_by: Callable[[Recorded, Keys], Sequence[Change]] = _found_by_nothing


class Store:
    def __init__(self, service: Service, recorder: Recorder, keys: Keys) -> None:
        self.service, self.recorder, self.keys = service, recorder, keys
        self.wake, self.timers_wake = Wake(), Wake()
        self.hold: Hold | None = None
        # A witness came with more than this store has: whoever watches it looks again.
        self.shown = False

    @property
    def on_postgres(self) -> bool:
        return isinstance(self.recorder, PostgresAppend)

    def append(self, events: Sequence[StoredEvent], beside: Append) -> None:
        """All of it or nothing. Raises `Conflict` where an expectation no longer holds, and `Held`
        where this service must not write before somebody has decided."""
        free = beside.although_held or (beside.only_traces and not events)
        if self.hold and not free:
            raise Held(self.hold)
        try:
            with metrics.timed(self.service.name):
                self.recorder.insert_events(events, append=beside)
        except IntegrityError as error:
            raise Conflict from error
        if beside.outbox:
            self.wake.up()
        if beside.timers:
            self.timers_wake.up()

    def events(self, stream: str, after: int = 0) -> Sequence[StoredEvent]:
        return self.recorder.select_events(stream, gt=after)

    def rows(self, sql: str, given: Sequence[Any] = ()) -> Rows:
        """Rows of one read, as mappings of column names."""
        return self.recorder.reads((sql, given))[0]

    def reads(self, *asked: Read) -> list[Rows]:
        """Several reads in one go; each sees what is committed when its own turn comes."""
        return self.recorder.reads(*asked)

    @contextmanager
    def reading(self) -> Iterator[Run]:
        with self.transaction(commit=False) as run:
            yield run

    @contextmanager
    def transaction(self, *, commit: bool) -> Iterator[Run]:
        """Statements by hand, for reads, migrations and the swap of rebuilt tables."""
        with self.recorder.transaction(commit=commit) as run:
            yield run

    def close(self) -> None:
        self.recorder.close()


def migrate(store: Store) -> None:
    """Create what is missing, once, before anything runs. Safe to call from several processes.

    What is there is left alone: a lock on it could meet that of a process which serves already.
    """
    with _one_at_a_time(store):
        store.recorder.create_table()
        with store.transaction(commit=True) as run:
            create_tables(store, run, names_there(run, store.on_postgres))


def _add_columns(run: Run, on_postgres: bool) -> None:
    """What an earlier version's tables lack. Looked at first: a change takes the table's lock."""
    for table, columns in ADDED.items():
        where = (
            f"SELECT attname AS name FROM pg_attribute WHERE attrelid = '{table}'::regclass"  # noqa: S608  # our own table's name
            if on_postgres
            else f"SELECT name FROM pragma_table_info('{table}')"  # noqa: S608  # our own table's name
        )
        there = {row["name"] for row in run(where)}
        for column in columns:
            if column not in there:
                run(f"ALTER TABLE {table} ADD COLUMN {column} TEXT NOT NULL DEFAULT ''")


def create_lanes(topics: Mapping[str, int], run: Run) -> None:
    """The lanes of these topics that are not there yet, nothing written in them."""
    there = {(row["topic"], row["lane"]) for row in run("SELECT topic, lane FROM lanes")}
    wanted = {(topic, lane) for topic, count in topics.items() for lane in range(count)}
    for topic, lane in sorted(wanted - there):
        run("INSERT INTO lanes VALUES (?, ?, 0) ON CONFLICT DO NOTHING", (topic, lane))


def create_tables(store: Store, run: Run, there: set[str]) -> None:
    """What every store has beside the library's own tables, except what is there."""
    for statement in SCHEMA:
        if _CONCERNS.findall(statement)[0] not in there:
            run(statement)
    _add_columns(run, store.on_postgres)
    create_lanes(store.service.topics, run)
    for table in store.service.tables:
        if table.name not in there:
            run(definition(table, table.name))
            for index in index_definitions(table, table.name, "first"):
                run(index)


@contextmanager
def _one_at_a_time(store: Store) -> Iterator[None]:
    """Processes that start together must not create the same table together."""
    if not store.on_postgres:
        yield
        return
    with store.transaction(commit=True) as run:
        # An index on many rows takes its time, in a transaction of its own.
        run("SET LOCAL idle_in_transaction_session_timeout = 0")
        run("SELECT 1 FROM (SELECT pg_advisory_xact_lock(726001)) AS held")
        yield


def names_there(run: Run, on_postgres: bool) -> set[str]:
    """Every table and index that exists."""
    where = (
        "SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        if on_postgres
        else "SELECT name FROM sqlite_master"
    )
    return {row["name"] for row in run(where)}


def sqlite_store(service: Service, path: Path, keys: Keys) -> Store:
    path.parent.mkdir(parents=True, exist_ok=True)
    store = Store(service, sqlite_recorder(str(path)), keys)
    migrate(store)
    return store


def postgres_store(service: Service, where: Database, keys: Keys) -> Store:
    store = Store(service, postgres_recorder(where), keys)
    migrate(store)
    return store
