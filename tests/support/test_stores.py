"""No database outlives the test that made it: passed, failed, killed, or beside other runs."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tests.support.stores import drop_databases, new_database, postgres_server

_TEST = """
import os, signal
import pytest
from tests.support.stores import new_database

@pytest.fixture(scope="module")
def whole_module():
    return note(new_database())

def note(database):
    with open(os.environ["NOTED"], "a") as noted:
        noted.write(database.dbname + chr(10))
    return database

@pytest.mark.parametrize("number", range(4))
def test_making(whole_module, number):
    note(new_database())
    assert number != 2, "fails"

def test_killed(whole_module):
    if os.environ.get("KILLED"):
        os.kill(os.getpid(), signal.SIGKILL)
"""


def _standing(names: list[str]) -> set[str]:
    with psycopg.connect(postgres_server()[0]) as connection:
        there = {str(row[0]) for row in connection.execute("SELECT datname FROM pg_database")}
    return there & set(names)


def _ran(directory: Path, *more: str, killed: str = "") -> list[str]:
    """The databases that a run of pytest made, three or more."""
    noted, test = directory / "noted", directory / "test_databases.py"
    test.write_text(_TEST)
    environment = os.environ | {
        "STAFFETTA_TEST_POSTGRES": postgres_server()[0],
        "NOTED": str(noted),
        "KILLED": killed,
    }
    ran = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "-p",
            "tests.conftest",
            *more,
            str(test),
        ],
        env=environment,
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == (-signal.SIGKILL if killed else 1), ran.stdout
    made = noted.read_text().split()
    assert len(made) >= 5
    return made


@pytest.mark.parametrize("more", [(), ("-n", "2")], ids=["alone", "side-by-side"])
def test_nothing_is_left_where_a_test_fails(tmp_path: Path, more: tuple[str, ...]) -> None:
    assert not _standing(_ran(tmp_path, *more))


def test_what_a_killed_run_left_goes_with_the_next(tmp_path: Path) -> None:
    (killed := tmp_path / "killed").mkdir()
    (after := tmp_path / "after").mkdir()
    left = _ran(killed, killed="yes")
    assert _standing(left), "the module's own was made, and nobody was left to drop it"
    mine = new_database().dbname
    _ran(after)
    assert not _standing(left)
    assert _standing([mine]), "this run goes on, and so does its database"


def test_who_is_still_connected_does_not_keep_it() -> None:
    database = new_database()
    with psycopg.connect(**vars(database)):
        drop_databases()
    assert not _standing([database.dbname])
