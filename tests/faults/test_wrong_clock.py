"""A clock that goes wrong by a day under a process: it refuses, dates nothing wrongly, and loses
nothing; it does not start with one either."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from staffetta.at_scale.up import NAMES
from tests.faults.checker.ledger import on_postgres
from tests.faults.cluster import Cluster
from tests.faults.means import clock_from, under_a_wrong_clock

pytestmark = [pytest.mark.broker, pytest.mark.timeout(600)]
WRONG_SECONDS = 8.0
"""The two clocks are compared every five."""


@pytest.fixture(scope="module")
def clocks(running: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The file from which referral's process has its clock, while these tests last."""
    file = tmp_path_factory.mktemp("clock") / "referral"
    environment = running.together.environments["referral"]
    told = clock_from(file)
    file.write_text("+0")
    running.kill("referral")
    environment.update(told)
    running.start("referral")
    yield file
    running.kill("referral")
    for variable in told:
        del environment[variable]
    running.start("referral")


def asked(running: Cluster, name: str) -> int:
    """What a service answers to somebody who may read there."""
    _organisation, token = next(iter(running.who.values()))
    return httpx.get(
        f"{running.together.services[name]}/organisations",
        headers={"Authorization": f"Bearer {token}"},
        timeout=30,
    ).status_code


def until(came: Callable[[], bool]) -> None:
    ends = time.monotonic() + 30
    while not came():
        assert time.monotonic() < ends, "a fault that is not inflicted proves nothing"
        time.sleep(0.2)


@contextmanager
def wrong(clock: Path, off: str) -> Iterator[None]:
    clock.write_text(off)
    try:
        yield
    finally:
        clock.write_text("+0")


@pytest.mark.parametrize("off", ["+1d", "-1d"])
def test_a_clock_that_is_a_day_off_dates_nothing(running: Cluster, clocks: Path, off: str) -> None:
    others = [name for name in NAMES if name != "referral"]
    with running.load() as journal:
        journal.wait_for_more(10)
        with wrong(clocks, off):
            until(lambda: asked(running, "referral") >= 500)
            assert [name for name in others if asked(running, name) >= 500] == []
            time.sleep(WRONG_SECONDS)
        until(lambda: asked(running, "referral") < 500)  # by itself, with the right time again
        journal.wait_for_more(20)
    verdict = running.verdict()
    sys.stdout.write(f"{off}: {verdict}\n")
    assert verdict.faults() == {}
    with on_postgres(running.database("referral")) as ask:
        (row,) = ask("SELECT MIN(at) AS oldest, MAX(at) AS newest FROM outbox")
    now = datetime.now(UTC)
    assert datetime.fromisoformat(row["oldest"]) > now - timedelta(hours=12)
    assert datetime.fromisoformat(row["newest"]) < now + timedelta(hours=1)


def test_no_process_starts_with_a_wrong_clock(running: Cluster) -> None:
    ended = subprocess.run(
        [*under_a_wrong_clock("+1d"), sys.executable, "-m", "staffetta", "run"],
        env={**os.environ, **running.together.environments["assistance"], "STAFFETTA_PORT": "0"},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )
    assert ended.returncode == 2
    assert "clock and the database server's are more than a minute apart" in ended.stderr
