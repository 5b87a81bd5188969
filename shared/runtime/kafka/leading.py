"""One relay at a time per service: whoever holds the advisory lock; the others stand by."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from shared.runtime.kafka.broker import Broker
from shared.runtime.kafka.relay import Relay, producer
from shared.runtime.log import log
from shared.runtime.recorders import Database
from shared.runtime.store import Store

_LOCK = 726_002
_STAND_BY_SECONDS = 0.5
_FALLBACK_SECONDS = 0.25
_AFTER_A_FAULT_SECONDS = 1.0


def relay_until(ending: threading.Event, store: Store, where: Database, broker: Broker) -> None:
    """Relay whenever this process leads, until `ending`. A fault gives the lead away, so that
    another process may do better, and what was not confirmed is sent again."""
    while not ending.is_set():
        try:
            with _lead(where, ending) as commits:
                _relay(ending, store, broker, commits)
        except Exception as fault:  # whatever it was, this must live to try again
            log().error("relay", service=store.service.name, error=type(fault).__name__)
            ending.wait(_AFTER_A_FAULT_SECONDS)


def _relay(
    ending: threading.Event, store: Store, broker: Broker, commits: Callable[[], None]
) -> None:
    sending = producer(broker)
    try:
        relay = Relay(store, sending)
        while not ending.is_set():
            if relay.step() == 0:
                commits()
        relay.settle()
    finally:
        sending.close(timeout=5)


@contextmanager
def _lead(where: Database, ending: threading.Event) -> Iterator[Callable[[], None]]:
    """Blocks until this process leads; gives a wait for the next commit. The lock ends with its
    connection, whose loss the wait notices."""
    with _connection(where) as connection:
        while not _locked(connection):
            if ending.wait(_STAND_BY_SECONDS):
                yield lambda: None
                return
        connection.execute("LISTEN stored_events")
        yield lambda: _next_commit(connection)


def _next_commit(connection: psycopg.Connection[Any]) -> None:
    """A notification is a hint only: the wait ends by itself, and the outbox is looked at."""
    for _hint in connection.notifies(timeout=_FALLBACK_SECONDS, stop_after=1):
        return


def _locked(connection: psycopg.Connection[Any]) -> bool:
    row = connection.execute("SELECT pg_try_advisory_lock(%s)", (_LOCK,)).fetchone()
    return bool(row and row[0])


def _connection(where: Database) -> psycopg.Connection[Any]:
    return psycopg.connect(
        dbname=where.dbname,
        host=where.host,
        port=where.port,
        user=where.user,
        password=where.password,
        autocommit=True,
        connect_timeout=5,
        keepalives_idle=5,
        keepalives_interval=2,
        keepalives_count=3,
    )
