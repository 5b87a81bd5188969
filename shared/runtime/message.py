"""A public event on its way between two services."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Message:
    """One public event as its receivers get it; `number` is dense per sender, topic and lane.

    `trace` is a W3C trace context (`traceparent`), or empty.
    """

    sender: str
    topic: str
    lane: int
    number: int
    id: str
    type: str
    key: str
    at: str
    data: str
    trace: str = ""


def written(row: Mapping[str, Any], **place: Any) -> Message:
    """A message as a table keeps it; `place`: what of sender, topic and lane the row leaves out."""
    told = {**row, **place}
    return Message(
        told["sender"],
        told["topic"],
        told["lane"],
        told["number"],
        told["id"],
        told["type"],
        told["subject"],
        told["at"],
        told["data"],
        told.get("trace", ""),
    )


def tells_its_case(topic: str) -> bool:
    """Whether a topic's key is the case, and not a pseudonym that must not be joined to it."""
    return topic.endswith(".events")
