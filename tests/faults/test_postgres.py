"""PostgreSQL is killed and stopped under the load: what was acknowledged is there, once."""

import random
import sys
import time

import pytest

from tests.faults.cluster import Cluster

pytestmark = [pytest.mark.broker, pytest.mark.timeout(900)]


@pytest.mark.parametrize("how", ["kill", "stop"])
def test_what_was_acknowledged_outlives_the_database(
    running: Cluster, moments: random.Random, long: bool, how: str
) -> None:
    with running.load() as journal:
        for _ in range(10 if long else 1):
            journal.wait_for_more(moments.randint(10, 40))
            getattr(running.postgres, how)()
            time.sleep(moments.uniform(0, 1))
            running.postgres.start()
        journal.wait_for_more(20)
    verdict = running.verdict()
    sys.stdout.write(f"{how}: {verdict}\n")
    assert verdict.faults() == {}
