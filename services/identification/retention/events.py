"""What the network decided about retention. Stored names are for ever."""

from datetime import date
from typing import ClassVar

from services.identification.retention.rules import Kept, LegalHold
from shared.runtime.facts import Fact


class RetentionSet(Fact):
    stored_name: ClassVar[str] = "retention.set.v1"
    keep: tuple[Kept, ...]
    hold: tuple[LegalHold, ...]
    attest_within_hours: int
    since: date


Event = RetentionSet
EVENTS: tuple[type[Fact], ...] = (RetentionSet,)
