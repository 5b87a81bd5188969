"""Our records are CloudEvents to the CloudEvents project's own reader."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cloudevents.core.base import BaseCloudEvent
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary
from cloudevents.core.formats.json import JSONFormat

from shared.contracts.envelope import Contract
from shared.runtime.kafka.envelope import headers_of, message_of, timestamp_of
from shared.runtime.message import Message
from tests.wire.told import CASE, CONTRIBUTED, OF_A_CASE, ONE_OF_EACH, PSEUDONYM, message

RFC_3339 = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"
TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
every_type = pytest.mark.parametrize("told", ONE_OF_EACH, ids=lambda told: told.type)


def by_others(sent: Message) -> BaseCloudEvent:
    record = KafkaMessage(dict(headers_of(sent)), sent.key.encode(), sent.data.encode())
    return from_binary(record, JSONFormat())


@every_type
def test_another_reader_understands_every_attribute(told: Contract) -> None:
    sent = message(told)
    read = by_others(sent)
    assert (read.get_specversion(), read.get_type()) == ("1.0", told.type)
    assert read.get_id() == sent.id != ""
    assert read.get_source() == f"urn:staffetta:{sent.sender}"
    assert read.get_datacontenttype() == "application/json"
    assert read.get_extension("lane") == str(sent.lane)
    assert read.get_extension("number") == str(sent.number)
    assert read.get_extension("partitionkey") == sent.key


@every_type
def test_the_time_is_rfc_3339_and_the_record_s_own(told: Contract) -> None:
    sent = message(told)
    assert re.fullmatch(RFC_3339, dict(headers_of(sent))["ce_time"].decode())
    time = by_others(sent).get_time()
    assert time is not None
    assert time.utcoffset() == timedelta(0)
    assert timestamp_of(sent) == int(time.timestamp() * 1000)


@every_type
def test_what_another_reader_read_is_what_was_told(told: Contract) -> None:
    assert type(told).model_validate(by_others(message(told)).get_data()) == told


@every_type
def test_what_we_read_back_is_what_was_sent(told: Contract) -> None:
    sent = message(told)
    key, value = sent.key.encode(), sent.data.encode()
    headers = headers_of(sent, TRACEPARENT)
    assert message_of(sent.topic, sent.lane, key, value, headers) == replace(
        sent, trace=TRACEPARENT
    )


@every_type
def test_a_trace_is_a_header_of_its_own_and_no_attribute(told: Contract) -> None:
    headers = dict(headers_of(message(told), TRACEPARENT))
    assert headers["traceparent"] == TRACEPARENT.encode()
    assert by_others(message(told)).get_extension("traceparent") is None


@pytest.mark.parametrize("told", OF_A_CASE, ids=lambda told: told.type)
def test_an_operational_event_is_about_a_case(told: Contract) -> None:
    assert by_others(message(told)).get_subject() == CASE


def test_a_contribution_says_no_more_than_its_data() -> None:
    """Its time is its month, its id is random, nothing in it names a case or a subject."""
    sent = message(CONTRIBUTED)
    read = by_others(sent)
    assert read.get_subject() is None
    assert "ce_subject" not in dict(headers_of(sent))
    assert read.get_time() == datetime(2026, 3, 1, tzinfo=UTC)
    assert set(read.get_attributes()) == {
        *("specversion", "id", "source", "type", "time", "datacontenttype"),
        *("lane", "number", "partitionkey"),
    }
    assert read.get_extension("partitionkey") == PSEUDONYM
    assert CASE not in json.dumps([(name, value.decode()) for name, value in headers_of(sent)])
