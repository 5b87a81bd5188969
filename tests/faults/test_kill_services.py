"""Each of the four processes is killed at random moments under the load, and started again."""

import random
import sys
import time

import pytest

from staffetta.at_scale.up import NAMES
from tests.faults.cluster import Cluster

pytestmark = [pytest.mark.broker, pytest.mark.timeout(1800)]
KILLS, KILLS_LONG = 4, 52


def test_what_was_acknowledged_is_heard_once_whichever_process_is_killed(
    running: Cluster, moments: random.Random, long: bool
) -> None:
    kills = KILLS_LONG if long else KILLS
    victims = [NAMES[number % len(NAMES)] for number in range(kills)]
    moments.shuffle(victims)
    with running.load() as journal:
        for victim in victims:
            journal.wait_for_more(moments.randint(1, 40))
            running.kill(victim)
            time.sleep(moments.uniform(0, 0.5))
            running.start(victim)
        journal.wait_for_more(20)
    verdict = running.verdict()
    sys.stdout.write(f"{kills} kills: {verdict}\n")
    assert verdict.faults() == {}
