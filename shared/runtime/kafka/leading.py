"""One relay at a time per service: whoever holds the advisory lock; the others stand by.

A process that was stopped keeps its connection, and with it the lock. So the leader's connection
has to give signs of life, and who stands by ends a connection that gave none: the database
server sees both by its own clock. A leader that comes back finds its connection gone and stands
by; what it had under way costs duplicates at worst, since rows are sent in order from the outbox,
and receivers go by the numbers.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg

from shared.runtime.kafka.broker import Broker
from shared.runtime.kafka.relay import BATCH, Relay, producer
from shared.runtime.log import log
from shared.runtime.recorders import Database
from shared.runtime.store import Store

_LOCK = 726_002
_STAND_BY_SECONDS = 0.2
_SIGN_OF_LIFE_SECONDS = 0.25
_SILENT_SECONDS = 1.2
_FALLBACK_SECONDS = 0.25
_AFTER_A_FAULT_SECONDS = 0.5
_END_THE_SILENT = (
    "SELECT pg_terminate_backend(held.pid) FROM pg_locks AS held"
    " JOIN pg_stat_activity AS session ON session.pid = held.pid"
    " WHERE held.locktype = 'advisory' AND held.granted AND held.classid = 0 AND held.objid = %s"
    " AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    " AND clock_timestamp() - session.state_change > make_interval(secs => %s)"
)


class LeadLost(Exception):
    """The connection that held the lock is gone: another process leads, or may."""


@dataclass(frozen=True)
class Lead:
    """`still` says whether it lasts; `commits` waits for the next commit, for a moment at most."""

    still: Callable[[], bool]
    commits: Callable[[], None]


def relay_until(ending: threading.Event, store: Store, where: Database, broker: Broker) -> None:
    """Relay whenever this process leads, until `ending`. A fault gives the lead away, so that
    another process may do better, and what was not confirmed is sent again."""
    while not ending.is_set():
        try:
            with leading(where, ending) as lead:
                _relay(ending, store, broker, lead)
        except Exception as fault:  # whatever it was, this must live to try again
            log().error("relay", service=store.service.name, error=type(fault).__name__)
            ending.wait(_AFTER_A_FAULT_SECONDS)


def _relay(ending: threading.Event, store: Store, broker: Broker, lead: Lead) -> None:
    if ending.is_set():
        return
    sending = producer(broker)
    try:
        relay = Relay(store, sending)
        while not ending.is_set():
            if not lead.still():
                raise LeadLost
            # Less than a batch is all that there was: whatever was committed since has been told.
            if relay.step() < BATCH:
                lead.commits()
        relay.settle()
    finally:
        sending.close(timeout=5)


@contextmanager
def leading(where: Database, ending: threading.Event) -> Iterator[Lead]:
    """Blocks until this process leads, or `ending`."""
    with _connection(where) as lock:
        while not _locked(lock):
            lock.execute(_END_THE_SILENT, (_LOCK, _SILENT_SECONDS))
            if ending.wait(_STAND_BY_SECONDS):
                yield Lead(lambda: False, lambda: None)
                return
        with _connection(where) as listening, _alive(lock) as still:
            listening.execute("LISTEN outbox")
            yield Lead(still, lambda: _next_commit(listening))


@contextmanager
def _alive(lock: psycopg.Connection[Any]) -> Iterator[Callable[[], bool]]:
    """Signs of life on the connection that holds the lock; gives whether it still answers.

    From a thread of its own: a step of the relay may wait for the broker for long.
    """
    over, lost = threading.Event(), threading.Event()

    def live() -> None:
        try:
            while not over.wait(_SIGN_OF_LIFE_SECONDS):
                lock.execute("SELECT 1")
        except psycopg.Error:
            lost.set()

    thread = threading.Thread(target=live, daemon=True)
    thread.start()
    try:
        yield lambda: not lost.is_set()
    finally:
        over.set()
        thread.join()


def _next_commit(connection: psycopg.Connection[Any]) -> None:
    """A notification is a hint only: the wait ends by itself, and the outbox is looked at."""
    for _hint in connection.notifies(timeout=_FALLBACK_SECONDS, stop_after=1):
        return


def _locked(connection: psycopg.Connection[Any]) -> bool:
    row = connection.execute("SELECT pg_try_advisory_lock(%s)", (_LOCK,)).fetchone()
    return bool(row and row[0])


def _connection(where: Database) -> psycopg.Connection[Any]:
    return psycopg.connect(
        **vars(where),
        autocommit=True,
        connect_timeout=5,
        keepalives_idle=5,
        keepalives_interval=2,
        keepalives_count=3,
    )
