"""From a command about retention and what is known, to what happens: pure."""

from collections.abc import Sequence

from services.identification.retention import policies
from services.identification.retention.commands import SetRetention
from services.identification.retention.events import RetentionSet
from services.identification.retention.state import Retention, evolve
from shared.runtime.facts import Acting, Decider

STREAM = "retention"


def decide(command: SetRetention, known: Retention, acting: Acting) -> Sequence[RetentionSet]:
    policies.only_the_coordinator_says_what_must_be_kept(acting)
    asked = (command.keep, command.hold, command.attest_within_hours)
    if known.since and asked == (known.keep, known.hold, known.attest_within_hours):
        return []  # said twice, true once
    return [
        RetentionSet(
            keep=command.keep,
            hold=command.hold,
            attest_within_hours=command.attest_within_hours,
            since=acting.now.date(),
        )
    ]


RETENTION: Decider[SetRetention, Retention, RetentionSet] = Decider(
    Retention, Retention(), decide, evolve
)
