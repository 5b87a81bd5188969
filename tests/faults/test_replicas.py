"""Two processes of each service: rebalances, zombies, and a rolling restart, under the load."""

import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from staffetta.at_scale.up import NAMES
from tests.faults.checker.ledger import on_postgres
from tests.faults.cluster import Cluster

pytestmark = [pytest.mark.broker, pytest.mark.timeout(1800)]
SECOND = "-second"
SESSION_SECONDS = 10.0
"""How long the broker waits for a consumer that says nothing: see `consuming`."""
ROUNDS_LONG = 5


@contextmanager
def replicas(running: Cluster) -> Iterator[None]:
    for name in NAMES:
        running.together.start(name, SECOND)
    try:
        yield
    finally:
        seconds = [running.together.processes.pop(name + SECOND) for name in NAMES]
        for process in seconds:
            process.terminate()
        for process in seconds:
            process.wait(timeout=60)


def restart(running: Cluster, replica: str = "") -> None:
    """As a deployment does: ask one process of each service to end, wait, start the next."""
    processes = running.together.processes
    for name in NAMES:
        processes[name + replica].terminate()
    for name in NAMES:
        processes[name + replica].wait(timeout=60)
        running.together.start(name, replica)
    running.together.wait_until_they_answer()


@contextmanager
def standing_still(running: Cluster, replica: str) -> Iterator[None]:
    """Their processes stand still, with their connections, and know nothing of it."""
    processes = [running.together.processes[name + replica] for name in NAMES]
    for process in processes:
        process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for process in processes:
            process.send_signal(signal.SIGCONT)


def relayed(running: Cluster, name: str) -> int:
    with on_postgres(running.database(name)) as ask:
        (row,) = ask("SELECT COALESCE(SUM(number), 0) AS number FROM relayed")
    return int(row["number"])


def taken_over(running: Cluster, name: str) -> float:
    """Seconds until what is written is relayed again."""
    started, before = time.monotonic(), relayed(running, name)
    while relayed(running, name) == before:
        assert time.monotonic() - started < 30, "nobody took over"
        time.sleep(0.05)
    return time.monotonic() - started


def test_two_of_each_lose_nothing_whoever_stands_still_or_is_restarted(
    running: Cluster, long: bool
) -> None:
    with replicas(running), running.load() as journal:
        for _ in range(ROUNDS_LONG if long else 1):
            journal.wait_for_more(20)
            restart(running)
            journal.wait_for_more(20)
            with standing_still(running, SECOND):  # which leads since the first was restarted
                seconds = taken_over(running, "identification")
                sys.stdout.write(f"another relay after {seconds:.1f} s\n")
                journal.wait_for_more(20)
                time.sleep(SESSION_SECONDS + 2)
            journal.wait_for_more(20)
            restart(running, SECOND)
    verdict = running.verdict()
    sys.stdout.write(f"{verdict}\n")
    assert verdict.faults() == {}
