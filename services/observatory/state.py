"""What decisions need to know of a fact, and how it comes to be."""

from dataclasses import dataclass

from services.observatory.events import Event


@dataclass(frozen=True)
class Contribution:
    """What was heard under one pseudonym."""

    counted: bool = False


def evolve(_contribution: Contribution, _event: Event) -> Contribution:
    return Contribution(counted=True)
