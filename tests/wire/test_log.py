"""What is not on the list is never written, and no exception speaks for itself."""

import json
import logging
import threading
from io import StringIO

import pytest

from shared.runtime.arrived import CannotHeal
from shared.runtime.following import Following, Heard
from shared.runtime.inbox import Reaction, catch_up
from shared.runtime.log import ALLOWED, log
from shared.runtime.message import Message
from shared.runtime.store import Store
from tests.support.asking import by
from tests.support.bookings import NOW, TOPIC
from tests.support.outboxes import MemoryOutbox
from tests.support.threads import wait_until

CANARY = "Arta Hoxha"


def written(lines: StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in lines.getvalue().splitlines()]


def test_known_fields_are_written_as_one_json_line(lines: StringIO) -> None:
    log().info("relayed", service="bookings", count=3)
    (line,) = written(lines)
    assert (line["event"], line["service"], line["count"]) == ("relayed", "bookings", 3)
    assert (line["level"], set(line) - ALLOWED) == ("info", set())


@pytest.mark.parametrize("field", ["name", "narrative", "path", "client", "operator", "body"])
def test_unknown_fields_are_dropped(lines: StringIO, field: str) -> None:
    log().warning("broken", **{field: CANARY})
    (line,) = written(lines)
    assert CANARY not in json.dumps(line)
    assert field not in line


def test_an_exceptions_text_and_traceback_are_never_written(
    lines: StringIO,
) -> None:
    try:
        raise ValueError(CANARY)
    except ValueError as error:
        log().exception("broken", error=type(error).__name__)
        log().error("broken", exc_info=True)
    first, second = written(lines)
    assert first["error"] == "ValueError"
    assert CANARY not in json.dumps([first, second])
    assert not {"exc_info", "exception", "stack"} & (set(first) | set(second))


def test_what_is_bound_once_is_dropped_as_well(lines: StringIO) -> None:
    log().bind(name=CANARY, topic="t").info("relayed")
    (line,) = written(lines)
    assert (line["topic"], "name" in line) == ("t", False)


@pytest.mark.parametrize(
    ("fault", "told_as"),
    [
        (OSError(CANARY), {"event": "lane", "error": "OSError"}),
        (KeyError(CANARY), {"event": "parked", "error": "KeyError"}),
    ],
)
def test_a_fault_while_following_is_told_by_its_type_alone(
    store: Store, lines: StringIO, fault: Exception, told_as: dict[str, object]
) -> None:
    sender = MemoryOutbox("calls", 1)
    sender.publish(TOPIC, "booking-1", "call.came", {})

    def faulty(_message: Message) -> list[Reaction]:
        raise fault

    running = Following(store, [Heard(sender, TOPIC, faulty)], lambda: NOW, lambda: "f" * 32)
    running.start()
    try:
        wait_until(sender.wake, lambda: "error" in lines.getvalue())
    finally:
        running.stop()
    assert (told_as | {"service": "bookings"}).items() <= written(lines)[0].items()
    assert CANARY not in lines.getvalue()


def test_a_lane_that_cannot_be_healed_is_told_by_its_type_alone(
    store: Store, lines: StringIO
) -> None:
    sender = MemoryOutbox("calls", 1)
    sender.lose([sender.publish(TOPIC, "booking-1", "call.came", {"name": CANARY})])
    with pytest.raises(CannotHeal):
        catch_up(store, sender, TOPIC, lambda _message: [], lambda _message: by())
    (line,) = written(lines)
    assert (line["event"], line["error"]) == ("lane", "CannotHeal")
    assert (line["service"], CANARY in json.dumps(line)) == ("bookings", False)


@pytest.mark.parametrize(
    "library", ["kafka.conn", "uvicorn.error", "httpx", "eventsourcing", "psycopg.pool", "asyncio"]
)
def test_a_library_is_named_and_its_words_are_not_written(lines: StringIO, library: str) -> None:
    logging.getLogger(library).info(CANARY)
    try:
        raise ValueError(CANARY)
    except ValueError:
        logging.getLogger(library).exception("%s", CANARY)
    (line,) = written(lines)
    told = {"event": "library", "library": library.partition(".")[0], "error": "ValueError"}
    assert told | {"level": "error"} == {name: line[name] for name in line if name != "timestamp"}


def test_a_thread_that_ends_by_an_error_is_told_by_its_type(lines: StringIO) -> None:
    def fails() -> None:
        raise ValueError(CANARY)

    thread = threading.Thread(target=fails)
    thread.start()
    thread.join()
    (line,) = written(lines)
    assert (line["event"], line["error"]) == ("thread", "ValueError")
    assert CANARY not in json.dumps(line)


def test_the_list_holds_nothing_that_a_person_says() -> None:
    personal = {"name", "narrative", "identity", "reach", "callback", "birth_date", "documents"}
    assert not ALLOWED & (personal | {"path", "body", "client", "operator", "stream", "key"})
