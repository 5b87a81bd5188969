"""`staffetta up` as somebody starts it: everything comes up, and nothing is left behind.

One directory for all: each start goes on with what the one before left there, however that ended.
"""

import os
import re
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from tests.staffetta.processes import staffetta, started
from tests.support.leftovers import own_directory

pytestmark = [pytest.mark.broker, pytest.mark.timeout(400)]
_SERVICE = "STAFFETTA_SERVICE"


@pytest.fixture(autouse=True)
def _nothing_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("STAFFETTA_"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="module")
def directory() -> Iterator[Path]:
    """Its own PostgreSQL is in there, which does not run as root: everybody may enter."""
    made = own_directory("staffetta-up-")
    made.chmod(0o755)
    yield made / "up"
    shutil.rmtree(made)


def left_of(begun: list[psutil.Process]) -> list[psutil.Process]:
    _gone, alive = psutil.wait_procs(begun, timeout=30)
    return alive


def test_a_process_that_ends_by_itself_is_named_and_nothing_is_left_behind(
    directory: Path,
) -> None:
    with started("up", "--data", directory) as running:
        # Kafka's jars may still have to be fetched.
        running.patience = 240.0
        running.wait_for("Serving at")
        begun = psutil.Process(running.process.pid).children(recursive=True)
        victim = next(each for each in begun if each.environ().get(_SERVICE) == "referral")
        victim.kill()
        ended = running.end()
    assert ended.code == 1
    assert "Ended by itself: referral (exit code -9)." in ended.err
    assert left_of(begun) == []


def test_what_is_killed_leaves_no_broker_and_no_service_behind(directory: Path) -> None:
    with started("up", "--data", directory) as running:
        running.patience = 240.0
        running.wait_for("Serving at")
        begun = [
            each
            for each in psutil.Process(running.process.pid).children(recursive=True)
            if "java" in each.name() or _SERVICE in each.environ()
        ]
        running.process.kill()
        assert running.end().code == -signal.SIGKILL
    assert len(begun) == 5
    assert left_of(begun) == []


def test_everything_comes_up_and_nothing_is_left_behind(directory: Path) -> None:
    with started("up", "--data", directory) as running:
        running.patience = 240.0
        found = re.search(r"http://127\.0\.0\.1:\d+", running.wait_for("Serving at"))
        assert found
        address = found[0]
        taken = staffetta("journey", "--against", address, "--data", directory)
        begun = psutil.Process(running.process.pid).children(recursive=True)
        ended = running.stop(signal.SIGINT)
    assert (taken.code, taken.err) == (0, "")
    assert ended.code == 0
    assert ended.out.endswith("Stopping.\n")
    assert "Traceback" not in ended.err
    assert len(begun) > 4, "Kafka and the services, at least"
    assert left_of(begun) == []
    # PostgreSQL is nobody's child.
    assert not (directory / "postgres" / "postmaster.pid").exists()
    with pytest.raises(httpx.TransportError):
        httpx.get(address)
