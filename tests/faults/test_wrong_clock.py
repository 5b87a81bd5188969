"""One process whose clock is a day off: it refuses, dates nothing wrongly, and loses nothing."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from tests.faults.checker.ledger import on_postgres
from tests.faults.cluster import Cluster
from tests.faults.means import not_tried

pytestmark = [pytest.mark.broker, pytest.mark.timeout(600)]
_LIBRARIES = "*/faketime/libfaketimeMT.so.1"
WRONG_SECONDS = 4.0


@pytest.fixture
def faketime() -> Path:
    """Debian's package `faketime`. Where it is missing, that is said."""
    found = next(Path("/usr/lib").glob(_LIBRARIES), None)
    if found is None:
        not_tried("libfaketime is not installed: a wrong clock was not tried")
    return found


@contextmanager
def a_wrong_clock(running: Cluster, name: str, faketime: Path, off: str) -> Iterator[None]:
    """The service is started anew, so far off, and afterwards with the right time again."""
    environment = running.together.environments[name]
    told = {"LD_PRELOAD": str(faketime), "FAKETIME": off, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    running.kill(name)
    environment.update(told)
    running.start(name)
    try:
        yield
    finally:
        running.kill(name)
        for variable in told:
            del environment[variable]
        running.start(name)


@pytest.mark.parametrize("off", ["+1d", "-1d"])
def test_a_clock_that_is_a_day_off_dates_nothing(
    running: Cluster, faketime: Path, off: str
) -> None:
    _organisation, token = next(iter(running.who.values()))
    with running.load() as journal:
        journal.wait_for_more(10)
        with a_wrong_clock(running, "referral", faketime, off):
            answer = httpx.get(
                f"{running.together.services['referral']}/organisations",
                headers={"Authorization": f"Bearer {token}"},
                timeout=30,
            )
            assert answer.status_code >= 500
            time.sleep(WRONG_SECONDS)
        journal.wait_for_more(20)
    verdict = running.verdict()
    sys.stdout.write(f"{off}: {verdict}\n")
    assert verdict.faults() == {}
    with on_postgres(running.database("referral")) as ask:
        (row,) = ask("SELECT MIN(at) AS oldest, MAX(at) AS newest FROM outbox")
    now = datetime.now(UTC)
    assert datetime.fromisoformat(row["oldest"]) > now - timedelta(hours=12)
    assert datetime.fromisoformat(row["newest"]) < now + timedelta(hours=1)
