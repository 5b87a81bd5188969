"""The broker stops, dies, and loses its disk, while clients go on: everything is heard, once."""

import shutil
import signal
import sys
from collections.abc import Callable

import pytest

from shared.contracts.envelope import STATISTICS
from staffetta.at_scale import topics
from tests.faults.checker.verdict import Verdict
from tests.faults.cluster import Cluster, let_go
from tests.faults.load.journal import Journal
from tests.faults.topic import TOPICS, read, sent_twice, writing

pytestmark = [pytest.mark.broker, pytest.mark.timeout(900)]


def stopped_and_started(running: Cluster, journal: Journal) -> None:
    running.together.kafka.stop()
    journal.wait_for_more(8)  # a command needs no broker
    running.together.kafka.start()


def killed_and_started(running: Cluster, journal: Journal) -> None:
    killed(running)
    journal.wait_for_more(4)
    running.together.kafka.start()


def wiped(running: Cluster, journal: Journal) -> None:
    """Topics, offsets and users are gone with the disk; the outboxes are not. Some records were
    on it that a receiver had not read: it fetches them from the sender."""
    observatory = running.together.processes["observatory"]
    observatory.send_signal(signal.SIGSTOP)
    journal.wait_for_more(40)
    killed(running)
    gone = [
        path for path in running.together.kafka.directory.iterdir() if path.name != "broker.log"
    ]
    for path in gone:
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    observatory.send_signal(signal.SIGCONT)
    journal.wait_for_more(4)
    running.together.kafka.start()
    topics.apply(running.together.kafka.broker())
    let_go()


@pytest.mark.parametrize(
    "fault", [stopped_and_started, killed_and_started], ids=lambda fault: str(fault.__name__)
)
def test_nothing_is_lost_with_the_broker(
    running: Cluster, fault: Callable[[Cluster, Journal], None]
) -> None:
    assert inflicted(running, fault).faults() == {}


def test_what_was_on_a_wiped_disk_is_fetched_from_its_senders(running: Cluster) -> None:
    verdict = inflicted(running, wiped)
    assert verdict.faults() == {}
    counted = sum(told.fact == "case.opened.v1" for told in running.journal.read())
    assert 0 < len(read(running, STATISTICS)) < counted, "nothing had to be fetched"


def inflicted(running: Cluster, fault: Callable[[Cluster, Journal], None]) -> Verdict:
    """The verdict after a fault in the middle of a load."""
    with running.load() as journal:
        journal.wait_for_more(20)
        fault(running, journal)
        journal.wait_for_more(20)
    verdict = running.verdict()
    sys.stdout.write(f"{fault.__name__}: {verdict}\n")
    return verdict


def test_every_record_of_every_topic_again_changes_nothing(running: Cluster) -> None:
    with running.load() as journal:
        journal.wait_for_more(30)
    before = running.verdict()
    with writing(running) as writer:
        doubled = 0
        for topic in TOPICS:
            records = read(running, topic)
            doubled += len(records)
            for record in records:
                writer.write(record)
    assert doubled > 30
    assert sum(sent_twice(read(running, topic)) for topic in TOPICS) > 30
    with running.load() as journal:
        journal.wait_for_more(20)  # what comes behind the duplicates is heard
    verdict = running.verdict()
    sys.stdout.write(f"{doubled} records again: {verdict}\n")
    assert verdict.faults() == {}
    assert verdict.heard > before.heard


def killed(running: Cluster) -> None:
    process = running.together.kafka.process
    assert process is not None
    process.kill()
    process.wait()
