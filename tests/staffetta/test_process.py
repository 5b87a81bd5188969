"""One service as a process of its own, on a real PostgreSQL: how it begins, and how it ends.

Its broker is away, as it may be in life: the process serves and stops well without it. What it
does with one is tested where there is one, in tests/at_scale.
"""

import json
import re
import signal
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from shared.codes import Role
from shared.runtime.recorders import Database
from shared.trust.key_file import keys_in_file
from shared.trust.tokens import Bearer, issue, signing_key
from staffetta.at_scale.stopping import LIMIT_SECONDS
from staffetta.installation import now
from tests.faults.clients import CONTACT
from tests.staffetta.conftest import Ask
from tests.staffetta.processes import Started, staffetta, started
from tests.support.stores import new_database

pytestmark = pytest.mark.timeout(300)  # each starts processes, some wait for a time limit
SECRET = "rosa-bianchi"
WAYS = (signal.SIGINT, signal.SIGTERM)


@pytest.fixture
def database() -> Database:
    return new_database()


@pytest.fixture
def keys(tmp_path: Path, database: Database, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The environment of `identification`, and the directory of its keys."""
    keys = tmp_path / "keys"
    told = {
        "SERVICE": "identification",
        "POSTGRES": make_conninfo(**vars(database)),
        "KAFKA": "127.0.0.1:1",
        "KAFKA_USER": "identification",
        "KAFKA_PASSWORD": SECRET,
        "KEYS": str(keys),
        "TOKEN_KEY": str(keys / "token.pem"),
        "PEERS": json.dumps(dict.fromkeys(["referral", "assistance"], "http://127.0.0.1:1")),
    }
    for name, value in told.items():
        monkeypatch.setenv(f"STAFFETTA_{name}", value)
    signing_key(keys / "token.pem")
    return keys


@contextmanager
def process() -> Iterator[tuple[Started, str]]:
    """The process, and its address."""
    with started("run") as running:
        found = re.search(r'"port": (\d+)', running.wait_for('"serving"'))
        assert found
        address = f"http://127.0.0.1:{found[1]}"
        while True:
            try:
                httpx.get(f"{address}/health/live")
                break
            except httpx.TransportError:
                time.sleep(0.05)
        yield running, address


def test_it_lives_and_says_what_it_is_not_ready_for(keys: Path) -> None:
    assert keys.exists()
    with process() as (running, address):
        live = httpx.get(f"{address}/health/live")
        ready = httpx.get(f"{address}/health/ready", timeout=20)
        assert running.stop().code == 0
    assert (live.status_code, live.json()) == (200, {"status": "live"})
    assert ready.status_code == 503
    told = ready.json()["checks"]
    assert {name for name, said in told.items() if said != "ok"} == {"broker"}
    assert set(told) == {"database", "keys", "broker", "lag", "clock"}
    assert not re.search(rf"{SECRET}|127\.0|token\.pem", ready.text)


@pytest.mark.parametrize("how", WAYS)
def test_a_request_under_way_is_finished(
    keys: Path, database: Database, how: signal.Signals
) -> None:
    with (
        process() as (running, address),
        psycopg.connect(**vars(database)) as other,
        ThreadPoolExecutor() as clients,
    ):
        # Every append takes this row: nobody's can end before this transaction does.
        other.execute("SELECT size FROM audit_head FOR UPDATE")
        posted = clients.submit(post, address, keys)
        wait_until_held(database)
        running.process.send_signal(how)
        wait_until_closed(address)
        assert running.process.poll() is None
        assert not posted.done()
        other.rollback()
        answer = posted.result(timeout=20)
        ended = running.end()
    assert answer.status_code == 201
    assert ended.code == 0
    assert '"stopping"' in ended.err
    assert "not ended in time" not in ended.err
    with psycopg.connect(**vars(database)) as after:
        (kept,) = after.execute("SELECT COUNT(*) FROM contacts").fetchone() or (0,)
    assert kept == 1


def test_it_does_not_wait_for_ever(keys: Path, database: Database) -> None:
    with (
        process() as (running, address),
        psycopg.connect(**vars(database)) as other,
        ThreadPoolExecutor() as clients,
    ):
        other.execute("SELECT size FROM audit_head FOR UPDATE")
        posted = clients.submit(post, address, keys)
        wait_until_held(database)
        asked = time.monotonic()
        ended = running.stop()
        took = time.monotonic() - asked
        other.rollback()
        assert posted.exception() or posted.result().status_code >= 500, "nobody was told yes"
    assert ended.code == 0
    assert took < LIMIT_SECONDS + 5


def test_without_its_database_it_does_not_begin(
    ask: Ask, keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAFFETTA_POSTGRES", f"postgresql://x:{SECRET}@127.0.0.1:1/x")
    refused = ask("run")
    assert (refused.code, refused.out) == (2, "")
    assert refused.err.startswith("STAFFETTA_POSTGRES: ")
    assert "Connection refused" in refused.err
    assert SECRET not in refused.err
    assert not (keys / "identification.keys.sqlite").exists()


def test_with_a_port_that_is_taken_it_does_not_begin(
    ask: Ask, keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert keys.exists()
    with socket.create_server(("127.0.0.1", 0)) as other:
        monkeypatch.setenv("STAFFETTA_PORT", str(other.getsockname()[1]))
        refused = ask("run")
    assert (refused.code, refused.err) == (2, "STAFFETTA_PORT: nobody can listen there\n")


def test_new_keys_are_never_made_for_facts_that_are_there(keys: Path) -> None:
    with process() as (running, address):
        assert post(address, keys).status_code == 201
        running.stop()
    file = keys / "identification.keys.sqlite"
    for beside in keys.glob(f"{file.name}*"):
        beside.rename(keys / f"away-{beside.name}")
    refused = staffetta("run")
    assert (refused.code, file.exists()) == (2, False)
    assert refused.err == "STAFFETTA_KEYS: identification.keys.sqlite is gone: restore it\n"


def post(address: str, keys: Path) -> httpx.Response:
    bearer = Bearer("op-1", "hotline", frozenset({Role.HOTLINE_OPERATOR}))
    token = issue(signing_key(keys / "token.pem"), bearer, now(), timedelta(minutes=5))
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "once"}
    return httpx.post(f"{address}/contacts", json=CONTACT, headers=headers, timeout=60)


def wait_until_held(database: Database) -> None:
    """Until somebody waits for a lock in this database."""
    with psycopg.connect(**vars(database), autocommit=True) as looking:
        for _ in range(600):
            (waiting,) = looking.execute(
                "SELECT COUNT(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'"
            ).fetchone() or (0,)
            if waiting:
                return
            time.sleep(0.05)
    raise AssertionError("nobody waits")


def wait_until_closed(address: str) -> None:
    """Until no new request is let in."""
    for _ in range(200):
        try:
            httpx.get(f"{address}/health/live", timeout=2)
        except httpx.TransportError:
            return
        time.sleep(0.05)
    raise AssertionError("it still lets requests in")


def test_the_check_of_the_environment_says_what_answers_and_what_does_not(
    ask: Ask, keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAFFETTA_KAFKA_PASWORD", SECRET)
    said = ask("config", "check")
    assert said.code == 1
    assert said.out.splitlines() == [
        "deploy/policies: ok",
        "STAFFETTA_POSTGRES: ok",
        "STAFFETTA_KEYS: ok",
        "STAFFETTA_TOKEN_KEY: ok",
    ]
    assert said.err.splitlines() == [
        "STAFFETTA_KAFKA_PASWORD: no setting has this name; STAFFETTA_KAFKA_PASSWORD has",
        "STAFFETTA_KAFKA: nobody answers at 127.0.0.1:1",
        "STAFFETTA_PEERS, referral: nobody answers at its address",
        "STAFFETTA_PEERS, assistance: nobody answers at its address",
    ]
    assert list(keys.iterdir()) == [keys / "token.pem"], "a look makes nothing"


def test_the_check_of_the_environment_knows_keys_that_are_gone(
    ask: Ask, keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with process() as (running, address):
        assert post(address, keys).status_code == 201
        running.stop()
    monkeypatch.setenv("STAFFETTA_KEYS", str(keys.parent / "other"))
    keys_in_file(keys.parent / "another").close()
    monkeypatch.setenv("STAFFETTA_TOKEN_KEY", str(keys.parent / "another"))
    said = ask("config", "check")
    assert "identification.keys.sqlite is not there, and the database holds facts" in said.err
    assert "STAFFETTA_TOKEN_KEY: the file is not a key" in said.err
