"""The broker as compose.yaml sets it up, without Docker: its settings file on the local jars, and
the step that makes users, topics and rights."""

import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

import pytest
from kafka import KafkaProducer
from kafka.errors import KafkaError, TopicAuthorizationFailedError

from shared.contracts.envelope import events_topic
from shared.runtime.kafka.broker import Broker
from staffetta.at_scale import composed, topics
from staffetta.at_scale.kafka import LocalKafka, free_port
from tests.faults.cluster import let_go

pytestmark = [
    pytest.mark.broker,
    pytest.mark.timeout(300),
    # kafka-python leaves the connections of who was turned away to the garbage collector.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
SETTINGS = Path(__file__).parents[2] / "deploy" / "compose" / "server.properties"


class ComposedKafka(LocalKafka):
    """The same process, with the settings of compose.yaml moved to ports that are free here."""

    def _properties(self) -> str:
        moved = {"9092": self.port, "19092": self.local, "19093": self.local + 1}
        text = re.sub(r":(9092|19092|19093)\b", lambda at: f":{moved[at[1]]}", SETTINGS.read_text())
        text = text.replace("CLIENTS://kafka:", "CLIENTS://127.0.0.1:")
        return text.replace("/var/lib/kafka/data", str(self.directory / "log"))

    @cached_property
    def local(self) -> int:
        return free_port()


@pytest.fixture(scope="module")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ComposedKafka]:
    made = ComposedKafka(tmp_path_factory.mktemp("composed") / "kafka", port=free_port())
    try:
        made.start()
        yield made
    finally:
        made.stop()
        let_go()


@pytest.fixture(scope="module")
def made(kafka: ComposedKafka, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The secrets, after both steps."""
    directory = tmp_path_factory.mktemp("secrets")
    composed.make_secrets(directory)
    for _again in range(2):
        composed.prepare_broker(directory, Broker(f"127.0.0.1:{kafka.local}"))
    return directory


def as_user(kafka: ComposedKafka, made: Path, name: str) -> Broker:
    password = (made / name / "staffetta_kafka_password").read_text()
    return Broker(f"127.0.0.1:{kafka.port}", name, password)


def sends(broker: Broker, topic: str) -> None:
    producer = KafkaProducer(**broker.options(), bootstrap_timeout_ms=5_000)
    try:
        producer.send(topic, b"{}", partition=0).get(timeout=20)
    finally:
        producer.close()


@pytest.mark.usefixtures("made")
def test_topics_and_rights_are_as_they_should_be(kafka: ComposedKafka) -> None:
    assert topics.differences(Broker(f"127.0.0.1:{kafka.local}")) == []


def test_a_service_comes_in_by_its_own_password_and_does_what_it_may(
    kafka: ComposedKafka, made: Path
) -> None:
    sends(as_user(kafka, made, "referral"), events_topic("referral"))
    with pytest.raises(TopicAuthorizationFailedError):
        sends(as_user(kafka, made, "referral"), events_topic("assistance"))


@pytest.mark.usefixtures("made")
def test_nobody_comes_in_where_services_do_without_one(kafka: ComposedKafka) -> None:
    for stranger in (
        Broker(f"127.0.0.1:{kafka.port}"),
        Broker(f"127.0.0.1:{kafka.port}", "referral", "guessed"),
    ):
        with pytest.raises(KafkaError):
            sends(stranger, events_topic("referral"))


def test_the_broker_listens_without_users_on_loopback_only() -> None:
    (listeners,) = re.findall(r"^listeners=(.*)$", SETTINGS.read_text(), re.MULTILINE)
    assert [at for at in listeners.split(",") if "127.0.0.1" not in at] == [
        "CLIENTS://0.0.0.0:9092"
    ]
    assert all("127.0.0.1" in at for at in listeners.split(",")[1:])
