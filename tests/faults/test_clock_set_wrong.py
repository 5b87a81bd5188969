"""The clock of a service that serves is set a day ahead and a day back, by itself and beside a
replica whose clock is right: it refuses, others go on, and nothing is lost, doubled or dated so."""

import base64
import json
import os
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from staffetta.at_scale.kafka import free_port
from staffetta.at_scale.up import NAMES
from staffetta.journey.looking import HOTLINE
from tests.at_scale.test_operating import wait_for_members
from tests.faults.checker.ledger import on_postgres
from tests.faults.clocks import SettableClock, settable_clock
from tests.faults.cluster import Cluster, let_go
from tests.faults.load.clients import clients
from tests.faults.load.journal import Journal

pytestmark = [pytest.mark.broker, pytest.mark.timeout(900)]
DAY = timedelta(days=1)
LONG = os.environ.get("STAFFETTA_FAULTS") == "long"
WHOSE, ROUNDS = (NAMES, 3) if LONG else (NAMES[:1], 1)
RIGHT = "-right"
BY_MONTH = ("observatory",)
"""Whose facts do not say of which day they are."""
RULE = "nothing-is-dated-by-a-wrong-clock"


@dataclass(frozen=True)
class Clocked:
    """A service of the cluster whose process has a clock that can be set."""

    running: Cluster
    name: str
    clock: SettableClock

    @property
    def address(self) -> str:
        return self.running.together.services[self.name]

    def events(self) -> list[datetime]:
        """When each of its facts came about, as it says itself."""
        with on_postgres(self.running.database(self.name)) as ask:
            rows = ask("SELECT state FROM stored_events")
        told = [json.loads(bytes(row["state"]))["at"] for row in rows]
        return [datetime.fromisoformat(at) for at in told]

    def cosignatures(self) -> Iterator[datetime]:
        """When it cosigned the others' logs, as stands in each: behind a key's four bytes."""
        for other in set(NAMES) - {self.name}:
            with on_postgres(self.running.database(other)) as ask:
                rows = ask(f"SELECT line FROM cosignatures WHERE name LIKE '%/{self.name}/%'")  # noqa: S608  # a service's
            for row in rows:
                signed = base64.b64decode(row["line"].split()[-1])
                yield datetime.fromtimestamp(int.from_bytes(signed[4:12], "big"), UTC)


@pytest.fixture(scope="module", params=WHOSE)
def clocked(
    running: Cluster, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Clocked]:
    clock = settable_clock(tmp_path_factory.mktemp("clock"))
    name, together = str(request.param), running.together
    told = {**together.environments[name], **clock.surroundings}
    ended(running, name)
    replace(together, environments={name: told}).start(name)
    together.wait_until_they_answer()
    yield Clocked(running, name, clock)
    ended(running, name)
    running.start(name)


def ended(running: Cluster, name: str) -> None:
    """In good order, also under a clock that can be set."""
    process = running.together.processes[name]
    process.terminate()
    assert process.wait(timeout=60) == 0


def test_it_refuses_until_it_is_right_again(clocked: Clocked) -> None:
    with clocked.running.load() as journal:
        for off in (DAY, -DAY) * ROUNDS:
            journal.wait_for_more(20)
            with clocked.clock.wrong_by(off):
                assert refuses(clocked)
                nothing_comes_about(clocked, journal)
            journal.wait_for_more(20)
    nothing_is_wrong(clocked, "set wrong")


def test_beside_a_replica_that_is_right_it_harms_nobody(clocked: Clocked) -> None:
    """The one that is wrong is the older, which relays for both."""
    running, name = clocked.running, clocked.name
    with beside(clocked) as address:
        services = {**running.together.services, name: address}
        for off in (DAY, -DAY) * ROUNDS:
            with clocked.clock.wrong_by(off):
                assert refuses(clocked)
                wait_for_members(running.together, name, 1)
                with clients(services, running.who, running.journal) as journal:
                    journal.wait_for_more(30)
                seconds = running.caught_up()
                sys.stdout.write(f"{off.days:+} days: all heard without it in {seconds:.1f} s\n")
            wait_for_members(running.together, name, 2)
    nothing_is_wrong(clocked, "beside another")


@contextmanager
def beside(clocked: Clocked) -> Iterator[str]:
    """A replica with the machine's own clock; its address, once both hear."""
    together, name, port = clocked.running.together, clocked.name, free_port()
    told = {**together.environments[name], "STAFFETTA_PORT": str(port)}
    replace(together, environments={name + RIGHT: told}).start(name + RIGHT)
    try:
        wait_for_members(together, name, 2)
        yield f"http://127.0.0.1:{port}"
    finally:
        ended(clocked.running, name + RIGHT)
        del together.processes[name + RIGHT]
        let_go()


def refuses(clocked: Clocked) -> bool:
    """A command and a question, both by the rule; and whoever asks is told of the clock."""
    token, key = clocked.running.who[HOTLINE][1], uuid.uuid4().hex
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
    with httpx.Client(base_url=clocked.address, headers=headers, timeout=20) as http:
        answers = [http.post("/contacts", json={}), http.get("/contacts")]
        time.sleep(1)  # as long as the answer about its health may be old
        ready = http.get("/health/ready")
    told = [(answer.status_code, answer.json()["rule"]) for answer in answers]
    return told == [(503, RULE)] * 2 and "minute apart" in ready.json()["checks"]["clock"]


def nothing_comes_about(clocked: Clocked, journal: Journal) -> None:
    """What was decided before the clock was set is written by now; from now on nothing is."""
    before, acknowledged = len(clocked.events()), told_by(clocked, journal)
    time.sleep(2)
    assert (len(clocked.events()), told_by(clocked, journal)) == (before, acknowledged)


def told_by(clocked: Clocked, journal: Journal) -> int:
    return sum(told.service == clocked.name for told in journal.read())


def nothing_is_wrong(clocked: Clocked, what: str) -> None:
    verdict = clocked.running.verdict()
    sys.stdout.write(f"{clocked.name}, {what}: {verdict}\n")
    assert verdict.faults() == {}
    dates = [*clocked.cosignatures(), *([] if clocked.name in BY_MONTH else clocked.events())]
    assert dates
    assert all(abs(datetime.now(UTC) - date) < DAY / 2 for date in dates)
