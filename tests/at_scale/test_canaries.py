"""Over Kafka: nothing that a person told is in a topic, in the broker's files, or scraped."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from kafka.record import MemoryRecords

from shared.contracts.envelope import STATISTICS, events_topic
from shared.trust.tokens import Bearer, issue
from staffetta.at_scale.joining import bearer_of_file, join_over_http
from staffetta.at_scale.kafka import free_port
from staffetta.at_scale.up import NAMES, Together, one_address
from staffetta.demo import NETWORK
from staffetta.installation import now
from staffetta.journey.client import Network
from staffetta.journey.looking import Journey
from staffetta.network import read_network
from staffetta.serving import listening
from staffetta.stores import token_key_in
from tests.canaries.planting import ALL, planted
from tests.support.spellings import files_under, shown_in

pytestmark = [pytest.mark.broker, pytest.mark.timeout(300)]
TOPICS = (*map(events_topic, ("identification", "referral", "assistance")), STATISTICS)


@dataclass(frozen=True)
class Travelled:
    running: Together
    case: str
    scraped: str

    def segments(self, topic: str) -> list[Path]:
        """The files in which the broker keeps a topic."""
        return [
            path
            for path in files_under(self.running.directory)
            if path.suffix == ".log" and path.parent.name.startswith(f"{topic}-")
        ]


@pytest.fixture(scope="module")
def travelled(running: Together) -> Iterator[Travelled]:
    """One person's way with every canary, over services that are scraped."""
    ports = {name: free_port() for name in NAMES}
    for name, port in ports.items():
        running.environments[name]["STAFFETTA_METRICS_PORT"] = str(port)
    _start_anew(running)
    network, key = read_network(NETWORK), token_key_in(running.directory)

    def token(operator: str) -> str:
        (one,) = (each for each in network.accounts if each.operator == operator)
        bearer = Bearer(operator, one.organisation, frozenset(one.roles))
        proved = replace(bearer, authenticated_at=now(), factors=frozenset({"pwd", "otp"}))
        return issue(key, proved, now(), timedelta(minutes=10))

    with (
        one_address(running.services, listening(0), running.certified) as address,
        httpx.Client(base_url=address, timeout=60) as http,
    ):
        by_file = issue(key, bearer_of_file(network), now(), timedelta(minutes=10))
        join_over_http(http, network, by_file)
        on = Journey(Network(http, token))
        planted(on)
    told = [httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=20) for port in ports.values()]
    yield Travelled(running, on.case, "".join(answer.text for answer in told))
    for name in NAMES:
        del running.environments[name]["STAFFETTA_METRICS_PORT"]
    _start_anew(running)


def _start_anew(running: Together) -> None:
    for name in NAMES:
        running.processes[name].terminate()
        running.processes[name].wait(timeout=60)
        running.start(name)
    running.wait_until_they_answer()


@pytest.mark.parametrize("topic", TOPICS)
def test_no_record_of_a_topics_files_holds_one(travelled: Travelled, topic: str) -> None:
    """Unpacked, since what is compressed shows nothing."""
    records = b"".join(
        each for path in travelled.segments(topic) for each in _records(path.read_bytes())
    )
    assert records, "nothing was looked at"
    if topic != STATISTICS:
        assert travelled.case.encode() in records
    assert shown_in(records, ALL) == []


def _records(raw: bytes) -> Iterator[bytes]:
    """Key, headers and value of every record of a segment."""
    records = MemoryRecords(raw)
    while (batch := records.next_batch()) is not None:
        for record in batch:
            yield record.key or b""
            yield record.value or b""
            yield from (name.encode() + b"=" + (value or b"") for name, value in record.headers)


def test_no_file_beside_holds_one(travelled: Travelled) -> None:
    everything = files_under(travelled.running.directory)
    files = [path for path in everything if path.suffix != ".jar"]
    assert any(path.name == "broker.log" for path in files)
    # The broker's indexes are ten megabytes of nothing each.
    shown = {path.name: shown_in(path.read_bytes().rstrip(b"\0"), ALL) for path in files}
    assert {name: found for name, found in shown.items() if found} == {}


def test_nothing_scraped_holds_one(travelled: Travelled) -> None:
    assert "RecordIdentity" in travelled.scraped
    assert shown_in(travelled.scraped.encode(), ALL) == []
