"""Everything brought up once for this folder, on databases of its own."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from staffetta.at_scale.up import Together, together
from staffetta.four import FOUR
from tests.support.brokers import broker_server
from tests.support.stores import postgres_server


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Together]:
    directory: Path = tmp_path_factory.mktemp("up")
    server, prefix = postgres_server()[0], f"t{secrets.token_hex(4)}_"
    with together(directory, server, broker_server()[0], prefix) as everything:
        everything.wait_until_they_answer()
        yield everything
    with psycopg.connect(server, autocommit=True) as connection:
        for name in [f"{prefix}{part.name}" for part in FOUR]:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())
            connection.execute(f'DROP ROLE IF EXISTS "{name}"'.encode())
