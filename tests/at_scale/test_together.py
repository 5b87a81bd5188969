"""The same journey over Kafka and PostgreSQL, and who may read what there."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import TopicAuthorizationFailedError
from psycopg.conninfo import conninfo_to_dict

from shared.contracts.envelope import STATISTICS, events_topic
from staffetta.at_scale import topics
from staffetta.at_scale.up import Together
from tests.at_scale.travelling import travelled

pytestmark = [pytest.mark.broker, pytest.mark.timeout(300)]
IDENTIFICATION = events_topic("identification")


@contextmanager
def reading(running: Together, user: str, topic: str) -> Iterator[KafkaConsumer]:
    """A consumer of every lane from the beginning, without a group."""
    consumer = KafkaConsumer(**running.kafka.broker(user).options(), auto_offset_reset="earliest")
    try:
        consumer.assign([TopicPartition(topic, lane) for lane in range(8)])
        consumer.seek_to_beginning()
        yield consumer
    finally:
        consumer.close()


def records(running: Together, user: str, topic: str) -> int:
    with reading(running, user, topic) as consumer:
        return sum(len(found) for found in consumer.poll(timeout_ms=5_000).values())


def test_the_journey_has_each_of_its_effects(running: Together) -> None:
    assert travelled(running)


def test_the_brokers_topics_and_rights_are_as_declared(running: Together) -> None:
    assert topics.differences(running.kafka.broker()) == []


def sees_nothing(running: Together, user: str, topic: str) -> bool:
    """Whoever may not read gets, as the client's moods are, an error or no records."""
    try:
        return records(running, user, topic) == 0
    except TopicAuthorizationFailedError:
        return True


@pytest.mark.parametrize(
    ("sender", "reader"),
    [
        ("identification", "referral"),
        ("referral", "assistance"),
        ("assistance", "identification"),
    ],
)
def test_the_observatory_reads_contributions_and_nothing_else(
    running: Together, sender: str, reader: str
) -> None:
    topic = events_topic(sender)
    assert records(running, reader, topic) > 0, "there is something to be read"
    assert sees_nothing(running, "observatory", topic)
    assert records(running, "observatory", STATISTICS) > 0, "and it can read"


def test_nobody_else_reads_contributions(running: Together) -> None:
    assert sees_nothing(running, "referral", STATISTICS)
    assert records(running, "observatory", STATISTICS) > 0


def test_a_service_writes_its_own_topics_only(running: Together) -> None:
    producer = KafkaProducer(**running.kafka.broker("assistance").options())
    try:
        with pytest.raises(TopicAuthorizationFailedError):
            producer.send(IDENTIFICATION, b"{}", partition=0).get(timeout=20)
    finally:
        producer.close()


def test_a_service_reaches_its_own_database_only(running: Together) -> None:
    own = running.environments["observatory"]["STAFFETTA_POSTGRES"]
    with psycopg.connect(own) as connection:
        assert connection.execute("SELECT COUNT(*) FROM facts").fetchone() is not None
    other = str(conninfo_to_dict(own)["dbname"]).replace("observatory", "identification")
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(own, dbname=other)
