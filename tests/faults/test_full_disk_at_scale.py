"""The disk of PostgreSQL, then that of the broker, is full for a while under the load."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.cluster import Cluster
from tests.faults.load.journal import Journal
from tests.faults.means import fill, not_tried

pytestmark = [pytest.mark.broker, pytest.mark.timeout(900)]
FULL_SECONDS, PATIENCE = 2.0, 60.0
_NO_SPACE = "No space left on device"


@pytest.fixture
def full(running: Cluster) -> Cluster:
    if not running.on_small_disks:
        not_tried("nobody here may mount a small disk: PostgreSQL and Kafka never had a full one")
    return running


@contextmanager
def no_room(disk: Path) -> Iterator[Callable[[], None]]:
    """The disk is full while this lasts; gives what takes again the room that was freed."""
    pieces = [disk / f"ballast-{number}" for number in range(2)]
    fill(pieces[0])
    try:
        yield lambda: fill(pieces[1])
    finally:
        for piece in pieces:
            piece.unlink(missing_ok=True)


def until(came: Callable[[], bool], meanwhile: Callable[[], None]) -> None:
    """A server needs a moment to notice: its disk stays full until it did, and a while longer."""
    ends = time.monotonic() + PATIENCE
    while not came():
        assert time.monotonic() < ends, "a fault that is not inflicted proves nothing"
        meanwhile()
        time.sleep(0.05)
    stays = time.monotonic() + FULL_SECONDS
    while time.monotonic() < stays:
        meanwhile()
        time.sleep(0.05)


def under_the_load(running: Cluster, name: str, fault: Callable[[Journal], None]) -> None:
    with running.load() as journal:
        journal.wait_for_more(20)
        fault(journal)
        journal.wait_for_more(20)
    verdict = running.verdict()
    sys.stdout.write(f"{name}: {verdict}\n")
    assert verdict.faults() == {}


def test_a_full_disk_under_postgresql_loses_nothing(full: Cluster) -> None:
    def fault(_journal: Journal) -> None:
        server = full.postgres
        before = server.said(_NO_SPACE)
        with no_room(server.directory) as again:
            until(lambda: server.ended or server.said(_NO_SPACE) > before, again)
        server.start()  # where it had given up, as an administrator would

    under_the_load(full, "PostgreSQL's disk full", fault)


def test_a_full_disk_under_the_broker_loses_nothing(full: Cluster) -> None:
    kafka = full.together.kafka

    def fault(journal: Journal) -> None:
        process = kafka.process
        assert process is not None
        with no_room(kafka.directory) as again:
            # With its one log directory gone, the broker stops by itself.
            until(lambda: process.poll() is not None, again)
            journal.wait_for_more(4)  # a command needs no broker
        kafka.start()

    under_the_load(full, "the broker's disk full", fault)
