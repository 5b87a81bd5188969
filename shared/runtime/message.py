"""A public event on its way between two services."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Message:
    """One public event as its receivers get it; `number` is dense per sender, topic and lane."""

    sender: str
    topic: str
    lane: int
    number: int
    id: str
    type: str
    key: str
    at: str
    data: str
