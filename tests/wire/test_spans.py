"""Traces over the outbox: kept in its rows, told to nobody who could join them to a case."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from io import StringIO

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from shared.contracts.envelope import STATISTICS
from shared.runtime import spans
from shared.runtime.facts import In, Refused
from shared.runtime.inbox import Reaction, receive
from shared.runtime.kafka.envelope import headers_of, message_of
from shared.runtime.log import log
from shared.runtime.message import Message
from shared.runtime.outbox import StoreOutbox
from shared.runtime.parking import parked
from shared.runtime.store import Store
from tests.support.asking import ask, request
from tests.support.bookings import BOOKINGS, TOPIC, AddNote, RequestInterpreter
from tests.support.outboxes import MemoryOutbox
from tests.wire.test_inbox import CALLS, acting, calls, react

CANARY = "Arta Hoxha"


@pytest.fixture
def ended() -> Iterator[InMemorySpanExporter]:
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    spans.set_up(provider)
    yield exporter
    spans.end()


def named(ended: InMemorySpanExporter, name: str) -> list[ReadableSpan]:
    return [span for span in ended.get_finished_spans() if span.name == name]


def traces(found: Sequence[ReadableSpan]) -> list[str]:
    return [f"{span.context.trace_id:032x}" for span in found if span.context]


def row(store: Store) -> Message:
    (found,) = [
        message
        for lane in StoreOutbox(store).heads(TOPIC)
        for message in StoreOutbox(store).rows(TOPIC, lane, 0, 10)
    ]
    return found


def test_nobody_traces_and_nothing_is_written(store: Store) -> None:
    request(store, "booking-1")
    assert row(store).trace == spans.current() == ""


def test_the_outbox_keeps_the_trace_of_the_command(
    store: Store, ended: InMemorySpanExporter
) -> None:
    request(store, "booking-1")
    (command,) = traces(named(ended, "command RequestInterpreter"))
    assert row(store).trace[3:35] == command
    assert traces(named(ended, "append")) == [command]


@pytest.mark.usefixtures("ended")
def test_a_record_carries_it_and_only_in_the_form_that_we_write(store: Store) -> None:
    request(store, "booking-1")
    sent = row(store)
    place = (sent.topic, sent.lane, sent.key.encode(), sent.data.encode())
    assert message_of(*place, headers_of(sent, sent.trace)) == sent
    assert message_of(*place, headers_of(sent, CANARY)).trace == ""


def test_what_is_applied_goes_on_with_it_in_one_batch_too(
    store: Store, ended: InMemorySpanExporter
) -> None:
    request(store, "booking-1")
    ended.clear()
    sender = MemoryOutbox("calls", 1)
    carried = [f"00-{number:032x}-{number:016x}-01" for number in (1, 2)]
    told = [
        Message(**vars(message) | {"trace": trace})
        for message, trace in zip(calls(sender, 1, 2), carried, strict=True)
    ]
    receive(store, sender, told, react, acting)
    assert traces(named(ended, "apply")) == [trace[3:35] for trace in carried]
    (append,) = named(ended, "append")
    assert traces([append]) == [carried[0][3:35]]
    assert [f"{link.context.trace_id:032x}" for link in append.links] == [carried[1][3:35]]


def test_what_is_applied_is_told_by_where_it_came_from(
    store: Store, ended: InMemorySpanExporter
) -> None:
    request(store, "booking-1")
    sender = MemoryOutbox("calls", 1)
    receive(store, sender, calls(sender, 1), react, acting)
    (apply,) = named(ended, "apply")
    assert apply.kind is spans.RECEIVING
    assert apply.attributes == {
        "staffetta.service": "bookings",
        "staffetta.sender": "calls",
        "cloudevents.event_type": "call.came",
        "messaging.destination.name": CALLS,
        "messaging.destination.partition.id": 0,
    }


def test_a_parked_message_keeps_it(store: Store, ended: InMemorySpanExporter) -> None:
    def broken(_command: object, _booking: object, _acting: object) -> list[In]:
        raise KeyError(CANARY)

    def faulty(_message: Message) -> list[Reaction]:
        asked = AddNote(text=CANARY)
        return [Reaction(replace(BOOKINGS, decide=broken), "booking-1", asked)]

    carried = f"00-{7:032x}-{7:016x}-01"
    sender = MemoryOutbox("calls", 1)
    (told,) = calls(sender, 1)
    told = Message(**vars(told) | {"trace": carried})
    receive(store, sender, [told], faulty, acting)
    assert parked(store)[0].message.trace == carried
    (apply,) = named(ended, "apply")
    assert (apply.attributes or {})["error.type"] == "KeyError"
    assert CANARY not in apply.to_json()


def test_a_refusal_is_told_by_its_rule_and_is_no_error(
    store: Store, ended: InMemorySpanExporter
) -> None:
    request(store, "booking-1")
    with pytest.raises(Refused):
        ask(store, "booking-1", RequestInterpreter(language="sq"))
    told = named(ended, "command RequestInterpreter")[-1]
    assert (told.attributes or {})["staffetta.rule"] == "a-booking-is-requested-once"
    assert (told.status.is_ok, list(told.events)) == (True, [])


def test_what_is_not_on_the_list_is_dropped(ended: InMemorySpanExporter) -> None:
    with spans.span("append", service="bookings", narrative=CANARY):
        spans.tell(operator=CANARY)
    with pytest.raises(ValueError, match=CANARY), spans.span("append"):
        raise ValueError(CANARY)
    assert CANARY not in "".join(span.to_json() for span in ended.get_finished_spans())


def test_a_trace_apart_is_another_one_with_a_link_on_our_side_only(
    ended: InMemorySpanExporter,
) -> None:
    with spans.span("append"):
        own = spans.current()
        other = spans.apart(own, topic=STATISTICS)
    (apart,) = named(ended, "apart")
    assert other[3:35] != own[3:35]
    assert (traces([apart]), apart.parent) == ([other[3:35]], None)
    assert [f"{link.context.trace_id:032x}" for link in apart.links] == [own[3:35]]


@pytest.mark.usefixtures("ended")
def test_a_line_of_the_log_names_its_trace(lines: StringIO) -> None:
    with spans.span("append"):
        log().info("relayed", topic=CALLS)
        trace = spans.current_trace()
    log().info("relayed", topic=CALLS)
    inside, outside = map(json.loads, lines.getvalue().splitlines())
    assert (inside["trace"], "trace" in outside) == (trace, False)
