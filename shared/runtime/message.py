"""A public event on its way between two services."""

from dataclasses import dataclass


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


def tells_its_case(topic: str) -> bool:
    """Whether a topic's key is the case, and not a pseudonym that must not be joined to it."""
    return topic.endswith(".events")
