"""A message as CloudEvents 1.0 in Kafka's binary mode: attributes as headers, data as JSON.

Source: CloudEvents Kafka Protocol Binding 1.0.2, section 3.2. Our extensions `lane` and `number`
say where in the sender's outbox the message stands.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from shared.runtime.message import Message, tells_its_case
from shared.runtime.spans import WRITTEN

_SOURCE = "urn:staffetta:"
Headers = list[tuple[str, bytes]]


class Malformed(Exception):
    """A record that no sender of ours wrote: it cannot be placed in anybody's outbox."""


def headers_of(message: Message, traceparent: str | None = None) -> Headers:
    """The headers of a record. `subject` is the case, and left out where the key is a pseudonym
    of statistics: there the key says all that there is to say."""
    attributes = {
        "ce_specversion": "1.0",
        "ce_id": message.id,
        "ce_source": _SOURCE + message.sender,
        "ce_type": message.type,
        "ce_time": message.at,
        "ce_lane": str(message.lane),
        "ce_number": str(message.number),
        "content-type": "application/json",
    }
    if tells_its_case(message.topic):
        attributes["ce_subject"] = message.key
    if traceparent:
        attributes["traceparent"] = traceparent
    return [(name, value.encode()) for name, value in attributes.items()]


def timestamp_of(message: Message) -> int:
    """The record's own time in milliseconds: the envelope's, so that it tells no more."""
    return int(datetime.fromisoformat(message.at).timestamp() * 1000)


def message_of(
    topic: str,
    partition: int,
    key: bytes | None,
    value: bytes | None,
    headers: Iterable[tuple[str, bytes | None]],
) -> Message:
    """The message of a record; `Malformed` where it is none, or stands in a wrong lane."""
    try:
        given = {name: (content or b"").decode() for name, content in headers}
        message = _placed(topic, given, (key or b"").decode(), (value or b"").decode())
    except (KeyError, ValueError):
        raise Malformed("headers that no sender of ours writes") from None
    if message.lane != partition:
        raise Malformed("a lane that is not the partition it came in")
    return message


def _placed(topic: str, given: Mapping[str, Any], key: str, value: str) -> Message:
    source = given["ce_source"]
    if given["ce_specversion"] != "1.0" or not source.startswith(_SOURCE):
        raise ValueError("another source or version")
    return Message(
        source.removeprefix(_SOURCE),
        topic,
        int(given["ce_lane"]),
        int(given["ce_number"]),
        given["ce_id"],
        given["ce_type"],
        key,
        given["ce_time"],
        value,
        _trace(given.get("traceparent", "")),
    )


def _trace(given: str) -> str:
    """Kept only in the one form that we write."""
    return given if WRITTEN.fullmatch(given) else ""
