"""What decisions need to know of the network's retention rules."""

from dataclasses import dataclass
from datetime import date

from services.identification.retention.events import RetentionSet
from services.identification.retention.rules import Kept, LegalHold

# Three days: over a weekend, and well within the month of the GDPR's art. 12(3).
ATTEST_WITHIN_HOURS = 72


@dataclass(frozen=True)
class Retention:
    """`since`: the day on which rules were set for the first time."""

    keep: tuple[Kept, ...] = ()
    hold: tuple[LegalHold, ...] = ()
    attest_within_hours: int = ATTEST_WITHIN_HOURS
    since: date | None = None


def evolve(known: Retention, event: RetentionSet) -> Retention:
    since = known.since or event.since
    return Retention(event.keep, event.hold, event.attest_within_hours, since)
