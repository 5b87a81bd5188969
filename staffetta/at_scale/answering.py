"""Whether what a service's process stands on answers: in words what is wrong, or nothing.

Nothing that is said here holds a secret: no password, no key, no connection string.
"""

import socket
from collections.abc import Collection
from contextlib import closing

import psycopg
from kafka import KafkaAdminClient
from kafka.errors import AuthorizationError, KafkaError

from shared.runtime.kafka.broker import Broker
from shared.runtime.recorders import Database

_PATIENCE_SECONDS = 3


def database_trouble(where: Database) -> str:
    """Whether the database lets its role in and is written to; empty where it does."""
    try:
        with closing(_connected(where)) as connection:
            row = connection.execute("SELECT pg_is_in_recovery()").fetchone()
    except psycopg.OperationalError as error:
        return _why(error)
    return "it takes no writes: a standby" if row and row[0] else ""


def has_facts(where: Database) -> bool:
    """Whether a service has written to this database: then its keys must be somewhere, too."""
    with closing(_connected(where)) as connection:
        row = connection.execute("SELECT to_regclass('audit_head')").fetchone()
        if not (row and row[0]):
            return False
        row = connection.execute("SELECT size FROM audit_head").fetchone()
        return bool(row and row[0])


def same_server(one: Database, other: Database) -> bool:
    """Whether both are on one server, and so in one copy of its files."""
    return _identifier(one) == _identifier(other)


def broker_trouble(broker: Broker, topics: Collection[str] = ()) -> str:
    """Whether the broker lets its user in and shows these topics; empty where it does."""
    if not any(_listens(address) for address in broker.bootstrap.split(",")):
        return f"nobody answers at {broker.bootstrap}"
    try:
        admin = KafkaAdminClient(
            **broker.options(),
            bootstrap_timeout_ms=_PATIENCE_SECONDS * 1000,
            request_timeout_ms=_PATIENCE_SECONDS * 1000,
        )
        try:
            there = set(admin.list_topics())
        finally:
            admin.close()
    except AuthorizationError:
        return "its user may not look: see `staffetta topics apply`"
    except KafkaError:
        return "it does not let us in: are user, password and TLS right?"
    unseen = sorted(set(topics) - there)
    if unseen:
        return f"not there, or not for this user: {', '.join(unseen)}; `staffetta topics apply`"
    return ""


def _connected(where: Database) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(
        **vars(where),
        autocommit=True,
        connect_timeout=_PATIENCE_SECONDS,
        options=f"-c statement_timeout={_PATIENCE_SECONDS * 1000}",
    )


def _identifier(where: Database) -> object:
    with closing(_connected(where)) as connection:
        return connection.execute("SELECT system_identifier FROM pg_control_system()").fetchone()


def _why(error: psycopg.OperationalError) -> str:
    """PostgreSQL's own words: they name host, role and database, and no password."""
    told = str(error).strip().splitlines()
    return told[0].removeprefix("connection failed: ") if told else "it does not answer"


def _listens(address: str) -> bool:
    host, _, port = address.strip().rpartition(":")
    if not port.isdigit():
        return False
    try:
        with socket.create_connection((host.strip("[]"), int(port)), _PATIENCE_SECONDS):
            return True
    except (OSError, OverflowError):
        return False
