"""From a contribution and what is known, to what is counted: pure."""

from collections.abc import Sequence

from services.observatory.commands import Command
from services.observatory.events import Event, FactRecorded
from services.observatory.state import Contribution, evolve
from shared.runtime.facts import Acting, Decider


def decide(command: Command, contribution: Contribution, _acting: Acting) -> Sequence[Event]:
    if contribution.counted:
        return []  # said twice, counted once
    return [FactRecorded.model_validate(command.model_dump())]


FACTS: Decider[Command, Contribution, Event] = Decider(Contribution, Contribution(), decide, evolve)
