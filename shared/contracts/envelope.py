"""The form of every public event, and the topics with their lanes."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict

# The number of lanes is fixed when a topic is created; growing means a new generation of it.
LANES = 8
STATISTICS = "staffetta.statistics.contributions"


def events_topic(service: str) -> str:
    """The operational topic of a service, read by the other operational services."""
    return f"staffetta.{service}.events"


OPERATIONAL = ("identification", "referral", "assistance")


def readers_of(topic: str) -> tuple[str, ...]:
    """Which services read a topic (design, section 4): operational services hear each other, and
    the observatory hears contributions and nothing else."""
    return ("observatory",) if topic == STATISTICS else OPERATIONAL


def may_read(reader: str, topic: str) -> bool:
    """Whether a service is among those who read a topic."""
    return reader in readers_of(topic)


class Contract(BaseModel):
    """A public event. Readers ignore fields that they do not know."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)
    type: ClassVar[str]
