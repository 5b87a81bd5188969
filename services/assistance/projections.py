"""The read tables `programmes` and `deliveries`: codes only."""

from collections.abc import Sequence
from typing import assert_never

from services.assistance import events
from services.assistance.events import Event
from services.assistance.notes.events import OfNotes
from shared.runtime.append import instant
from shared.runtime.facts import Change, Recorded, Table

PROGRAMMES = Table(
    "programmes",
    {
        "case_id": "TEXT",
        "referral": "TEXT",
        "organisation": "TEXT",
        "service": "TEXT",
        "opened_at": "TEXT",
        "planned": "TEXT",
        "review_on": "TEXT",
        "status": "TEXT",
        "closure": "TEXT",
    },
    indexes=(("organisation", "key"), ("case_id",)),
    subject="case_id",
)
DELIVERIES = Table(
    "deliveries",
    {
        "case_id": "TEXT",
        "referral": "TEXT",
        "service": "TEXT",
        "delivered_on": "TEXT",
    },
    indexes=(("case_id",),),
    subject="case_id",
)


Silent = (
    events.WithdrawalNoted
    | events.ConsentNoted
    | events.ExpiryNoted
    | events.KeysDestroyed
    | OfNotes
)


def programmes(event: Event, recorded: Recorded) -> Sequence[Change]:
    if isinstance(event, Silent):
        return []  # what it led to is told by facts of its own; what was erased is gone already
    key = f"{recorded.stream}/{event.referral}"
    match event:
        case events.ProgrammeOpened():
            return [Change("programmes", key, _opened(event, recorded))]
        case events.PlanAgreed():
            planned = {
                "planned": " ".join(event.services),
                "review_on": event.review_on.isoformat(),
            }
            return [Change("programmes", key, planned)]
        case events.ServiceDelivered():
            return [Change("deliveries", event.delivery, _delivered(event, recorded))]
        case events.ProgrammeStopped():
            return [Change("programmes", key, {"status": "stopped"})]
        case events.ProgrammeFlagged():
            return [Change("programmes", key, {"status": "consent-ended"})]
        case events.ProgrammeRenewed():
            return [Change("programmes", key, {"status": "open"})]
        case events.ProgrammeClosed():
            return [Change("programmes", key, {"status": "closed", "closure": event.closure})]
        case _:
            assert_never(event)


def _opened(event: events.ProgrammeOpened, recorded: Recorded) -> dict[str, str]:
    return {
        "case_id": recorded.stream,
        "referral": event.referral,
        "organisation": event.organisation,
        "service": event.service,
        "opened_at": instant(recorded.at),
        "status": "open",
    }


def _delivered(event: events.ServiceDelivered, recorded: Recorded) -> dict[str, str]:
    return {
        "case_id": recorded.stream,
        "referral": event.referral,
        "service": event.service,
        "delivered_on": event.delivered_on.isoformat(),
    }
