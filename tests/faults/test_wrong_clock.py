"""No process starts with a clock that the database server's contradicts; a clock that goes wrong
later: `tests/wire/test_clock.py`."""

import os
import subprocess
import sys

import pytest

from tests.faults.cluster import Cluster
from tests.faults.means import under_a_wrong_clock

pytestmark = [pytest.mark.broker, pytest.mark.timeout(600)]


@pytest.mark.parametrize("off", ["+1d", "-1d"])
def test_no_process_starts_with_a_wrong_clock(running: Cluster, off: str) -> None:
    ended = subprocess.run(
        [*under_a_wrong_clock(off), sys.executable, "-m", "staffetta", "run"],
        env={**os.environ, **running.together.environments["assistance"], "STAFFETTA_PORT": "0"},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )
    assert ended.returncode == 2
    assert "clock and the database server's are more than a minute apart" in ended.stderr
