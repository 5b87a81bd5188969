"""The read table `emergencies`: in ids and codes, never a word of the reason."""

from collections.abc import Sequence
from typing import assert_never

from services.identification.alarms import projections as alarms
from services.identification.alarms.kinds import AlarmKind
from services.identification.cases.emergency import events
from services.identification.cases.emergency.events import OfEmergency
from shared.runtime.append import instant
from shared.runtime.facts import Change, Recorded, Table

EMERGENCIES = Table(
    "emergencies",
    {
        "case_id": "TEXT",
        "operator": "TEXT",
        "organisation": "TEXT",
        "custodian": "TEXT",
        "opened_at": "TEXT",
        "ends_at": "TEXT",
        "review_by": "TEXT",
        "reviewer": "TEXT",
        "verdict": "TEXT",
        "reviewed_at": "TEXT",
    },
    indexes=(("case_id",), ("organisation", "key")),
    subject="case_id",
)


def emergencies(event: OfEmergency, recorded: Recorded) -> Sequence[Change]:
    match event:
        case events.EmergencyOpened():
            return [Change("emergencies", event.emergency, _opened(event, recorded))]
        case events.EmergencyLooked():
            return []  # each look is told by the trace
        case events.EmergencyReviewed():
            at = instant(recorded.at)
            told = {"reviewer": event.reviewer, "verdict": event.verdict, "reviewed_at": at}
            # Only where one was raised: nothing is put on the list by settling it.
            settled = Change("alarms", event.emergency, {"settled_at": at}, "about")
            return [Change("emergencies", event.emergency, told), settled]
        case events.EmergencyReviewOverdue():
            kind, case = AlarmKind.EMERGENCY_NOT_REVIEWED, recorded.stream
            return [alarms.raised(kind, case, event.emergency, recorded.at)]
        case _:
            assert_never(event)


def _opened(event: events.EmergencyOpened, recorded: Recorded) -> dict[str, str | None]:
    return {
        "case_id": recorded.stream,
        "operator": event.operator,
        "organisation": event.organisation,
        "custodian": event.custodian,
        "opened_at": instant(recorded.at),
        "ends_at": instant(event.ends_at),
        "review_by": instant(event.review_by),
        "reviewer": None,
        "verdict": None,
        "reviewed_at": None,
    }
