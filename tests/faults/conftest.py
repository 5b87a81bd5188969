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
