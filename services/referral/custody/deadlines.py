"""The answer time of a referral: a timer for each receiver, set when it is sent."""

from collections.abc import Sequence

from services.referral.custody import events
from services.referral.custody.commands import ExpireReferral
from shared.runtime.facts import ClearTimer, Recorded, SetTimer, TimerChange


def deadlines(recorded: Recorded) -> Sequence[TimerChange]:
    """Timers of those who are never asked again fire to no effect: nobody waits any more."""
    match recorded.event:
        case events.ReferralSent() as sent:
            return [
                SetTimer(
                    _timer(sent.referral, asked.receiver),
                    asked.answer_by,
                    recorded.stream,
                    ExpireReferral(referral=sent.referral, receiver=asked.receiver),
                )
                for asked in sent.asked
            ]
        case events.ReferralAccepted() | events.ReferralDeclined() as answer:
            return [ClearTimer(_timer(answer.referral, answer.receiver))]
        case _:
            return []


def _timer(referral: str, receiver: str) -> str:
    return f"answer/{referral}/{receiver}"
