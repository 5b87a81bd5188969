"""Random moments that can be had again, and one cluster for every fault that is inflicted on it."""

import os
import random
import sys
from collections.abc import Iterator

import pytest

from tests.faults.cluster import Cluster, cluster


@pytest.fixture
def moments() -> random.Random:
    """The seed is printed, and read from STAFFETTA_SEED."""
    seed = int(os.environ.get("STAFFETTA_SEED", random.randrange(10**6)))
    sys.stdout.write(f"STAFFETTA_SEED={seed}\n")
    return random.Random(seed)


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """All four services over Kafka and PostgreSQL, brought up once: a fault leaves it whole."""
    with cluster(tmp_path_factory.mktemp("faults")) as everything:
        yield everything


@pytest.fixture(scope="session")
def long() -> bool:
    """Whether this is `make faults-long`: the same faults, many more times."""
    return os.environ.get("STAFFETTA_FAULTS") == "long"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What was inflicted in how many seconds, and the verdict on all stores after it."""
    for report in terminalreporter.getreports("passed"):
        if report.when == "call" and report.nodeid.startswith("tests/faults/") and report.capstdout:
            name = report.nodeid.removeprefix("tests/faults/")
            terminalreporter.write_line(f"{report.duration:.0f} s, {name}")
            for line in report.capstdout.splitlines():
                terminalreporter.write_line(f"    {line}")
