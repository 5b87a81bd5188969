"""The end of a consent, the warning before it, and the time to acknowledge: timers."""

from collections.abc import Sequence
from datetime import timedelta

from services.identification.cases import events
from services.identification.cases.commands import (
    EscalateAcknowledgement,
    ExpireConsent,
    WarnOfExpiry,
)
from services.identification.cases.consent_state import asked_key
from shared.runtime.facts import ClearTimer, Recorded, SetTimer, TimerChange

WARNED_BEFORE = timedelta(days=7)
"""Time to find the person, an interpreter, and a quiet hour."""


def deadlines(recorded: Recorded) -> Sequence[TimerChange]:
    match recorded.event:
        case events.ConsentGiven() | events.ConsentNarrowed() as scope:
            return _ends(scope, recorded)
        case events.ConsentWithdrawn() | events.ConsentExpired() as ended:
            return [ClearTimer(_end(ended.consent)), ClearTimer(_warning(ended.consent))]
        case events.AcknowledgementAsked() as asked:
            due = EscalateAcknowledgement(
                consent=asked.consent, organisation=asked.organisation, end=asked.end
            )
            return [SetTimer(_answer(asked), asked.answer_by, recorded.stream, due)]
        case events.HolderAcknowledged() as done:
            return [ClearTimer(_answer(done))]
        case _:
            return []


def _ends(
    scope: events.ConsentGiven | events.ConsentNarrowed, recorded: Recorded
) -> list[TimerChange]:
    consent, ends_at = scope.consent, scope.valid_until
    end = SetTimer(_end(consent), ends_at, recorded.stream, ExpireConsent(consent=consent))
    warned_at = ends_at - WARNED_BEFORE
    if warned_at <= recorded.at:
        # Given for a few days: whoever gave it has just asked. The end itself raises the alarm.
        return [end, ClearTimer(_warning(consent))]
    warning = WarnOfExpiry(consent=consent)
    return [end, SetTimer(_warning(consent), warned_at, recorded.stream, warning)]


def _end(consent: str) -> str:
    return f"consent-ends/{consent}"


def _warning(consent: str) -> str:
    return f"consent-ends-soon/{consent}"


def _answer(asked: events.AcknowledgementAsked | events.HolderAcknowledged) -> str:
    return f"acknowledgement/{asked_key(asked.consent, asked.organisation, asked.end)}"
