"""An older backup of one process's database, restored beside three that saw more, over Kafka."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import httpx
import pytest

from shared.runtime.kafka.remembering import TopicHearer
from staffetta.at_scale.up import Together
from staffetta.backup.manifest import read_manifest
from staffetta.four import FOUR
from tests.at_scale.travelling import travelled

pytestmark = [pytest.mark.broker, pytest.mark.timeout(600)]
NAMES = ("identification", "referral", "assistance")
"""Who tells others anything. The observatory only hears."""
_PATIENCE_SECONDS = 60.0


def staffetta(running: Together, name: str, *words: str) -> subprocess.CompletedProcess[str]:
    """A command where the service's environment is."""
    return subprocess.run(
        [sys.executable, "-m", "staffetta", *words],
        env={**os.environ, **running.environments[name]},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )


def ready(running: Together, name: str) -> httpx.Response:
    return httpx.get(f"{running.services[name]}/health/ready", timeout=10)


def restored_to(running: Together, name: str, saved: Path) -> None:
    """Refused while the service runs; then done, and started again."""
    in_use = staffetta(running, name, "restore", str(saved))
    assert (in_use.returncode, "Stop it first" in in_use.stderr) == (1, True)
    running.processes[name].terminate()
    running.processes[name].wait(timeout=30)
    restored = staffetta(running, name, "restore", str(saved))
    assert restored.returncode == 0, restored.stderr
    running.start(name)
    running.wait_until_they_answer()


def of_the_broker(running: Together, name: str) -> Mapping[tuple[str, int], int]:
    """How far the broker saw each lane of the service, as the service itself asks it."""
    (service,) = (part.service for part in FOUR if part.name == name)
    seen = TopicHearer(running.kafka.broker(name), service.topics).seen(name)
    return {(each.topic, each.lane): each.number for each in seen}


def written(name: str, saved: Path) -> Mapping[tuple[str, int], int]:
    lanes = read_manifest(saved / name, name).positions.outbox
    return {(each.topic, each.lane): each.last for each in lanes}


@pytest.mark.parametrize("name", NAMES)
def test_it_notices_is_given_back_and_goes_on(running: Together, tmp_path: Path, name: str) -> None:
    assert travelled(running)
    saved = staffetta(running, name, "backup", str(tmp_path / "saved"))
    assert saved.returncode == 0, saved.stderr
    assert travelled(running)
    restored_to(running, name, tmp_path / "saved")

    answer = ready(running, name)
    assert answer.status_code == 503
    assert "staffetta lost list" in answer.json()["checks"]["database"]
    before, seen = written(name, tmp_path / "saved"), of_the_broker(running, name)
    assert all(seen.get(lane, 0) >= last for lane, last in before.items())
    assert sum(seen.values()) > sum(before.values())

    listed = staffetta(running, name, "lost", "list")
    assert (listed.returncode, "others can give back" in listed.stdout) == (1, True), listed.stderr
    accepted = staffetta(running, name, "lost", "accept", "--why", "a disk broke")
    assert accepted.returncode == 0, accepted.stdout + accepted.stderr
    assert "lost for good: 0" in accepted.stdout
    ends = time.monotonic() + _PATIENCE_SECONDS
    while ready(running, name).status_code != 200:
        assert time.monotonic() < ends, ready(running, name).text
        time.sleep(0.5)
    assert travelled(running)
