"""What decisions need to know of the emergencies of a case, and how each fact changes it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from services.identification.cases.emergency import events
from services.identification.cases.emergency.events import OfEmergency
from services.identification.cases.emergency.fields import EmergencyVerdict


@dataclass(frozen=True)
class Emergency:
    operator: str
    organisation: str
    ends_at: datetime
    verdict: EmergencyVerdict | None = None
    overdue: bool = False


def evolve(known: Mapping[str, Emergency], event: OfEmergency) -> Mapping[str, Emergency]:
    """The emergencies of a case, by id, after one more fact about them."""
    match event:
        case events.EmergencyOpened():
            opened = Emergency(event.operator, event.organisation, event.ends_at)
            return {**known, event.emergency: opened}
        case events.EmergencyLooked():
            return known
        case events.EmergencyReviewed():
            reviewed = replace(known[event.emergency], verdict=event.verdict)
            return {**known, event.emergency: reviewed}
        case events.EmergencyReviewOverdue():
            return {**known, event.emergency: replace(known[event.emergency], overdue=True)}
        case _:
            assert_never(event)
