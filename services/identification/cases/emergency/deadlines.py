"""By when an emergency is reviewed: a timer, so that no alarm depends on anybody's looking."""

from collections.abc import Sequence

from services.identification.cases.emergency.commands import CheckReview
from services.identification.cases.emergency.events import EmergencyOpened, EmergencyReviewed
from shared.runtime.facts import ClearTimer, Recorded, SetTimer, TimerChange


def deadlines(recorded: Recorded) -> Sequence[TimerChange]:
    match recorded.event:
        case EmergencyOpened(emergency=emergency, review_by=by):
            check = CheckReview(emergency=emergency)
            return [SetTimer(_review(emergency), by, recorded.stream, check)]
        case EmergencyReviewed(emergency=emergency):
            return [ClearTimer(_review(emergency))]
        case _:
            return []


def _review(emergency: str) -> str:
    return f"emergency/{emergency}/review"
