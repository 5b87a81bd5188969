"""Emergencies, as the log of `identification` tells of them: an hour at most, looked at by nobody
but who opened them, and judged by somebody else within a day (decision 34)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from services.identification.app import SERVICE
from services.identification.cases.emergency.events import (
    EmergencyLooked,
    EmergencyOpened,
    EmergencyReviewed,
    EmergencyReviewOverdue,
)
from services.identification.cases.emergency.policies import LONGEST, REVIEWED_WITHIN
from shared.runtime.facts import Recorded
from staffetta.audit.erasures import DESTROYED
from staffetta.audit.recorded import names_of, recorded_of

_NAMES = names_of(
    SERVICE, EmergencyOpened, EmergencyLooked, EmergencyReviewed, EmergencyReviewOverdue
)


@dataclass
class Emergencies:
    """By case and name: who opened it and until when; those that were judged, and those of which an
    alarm told that nobody had."""

    opened: dict[tuple[str, str], EmergencyOpened] = field(default_factory=dict)
    judged: set[tuple[str, str]] = field(default_factory=set)
    overdue: set[tuple[str, str]] = field(default_factory=set)
    erased: set[str] = field(default_factory=set)

    def faults(self, number: int, entry: Mapping[str, Any]) -> Iterator[str]:
        if entry.get("name") == DESTROYED:
            self.erased.add(str(entry["stream"]))
        told = recorded_of(SERVICE, entry, _NAMES)
        if told is not None:
            for fault in self._wrong(told):
                yield f"entry {number}: {fault}"

    def forgotten(self, at: int) -> Iterator[str]:
        """What had waited a day for its judge and another day for an alarm when it was exported, in
        seconds since 1970. Of an erased person nobody can judge anything any more."""
        latest = datetime.fromtimestamp(at, UTC) - REVIEWED_WITHIN
        for name, opened in self.opened.items():
            seen_to = name in self.judged or name in self.overdue or name[0] in self.erased
            if opened.review_by < latest and not seen_to:
                yield "an emergency that nobody judged, and no alarm tells of it"

    def _wrong(self, told: Recorded) -> Iterator[str]:
        match told.event:
            case EmergencyOpened() as opened:
                self.opened[told.stream, opened.emergency] = opened
                if opened.ends_at - told.at > LONGEST:
                    yield "an emergency of more than an hour"
                if opened.review_by - told.at > REVIEWED_WITHIN:
                    yield "an emergency that was to be judged later than within a day"
            case EmergencyLooked() as looked:
                yield from self._looked((told.stream, looked.emergency), told)
            case EmergencyReviewed() as reviewed:
                yield from self._judged((told.stream, reviewed.emergency), told, reviewed)
            case EmergencyReviewOverdue() as late:
                self.overdue.add((told.stream, late.emergency))

    def _looked(self, name: tuple[str, str], told: Recorded) -> Iterator[str]:
        opened = self.opened.get(name)
        if opened is None:
            yield "a look in an emergency that nobody had opened"
            return
        if told.at >= opened.ends_at or name in self.judged:
            yield "a look after the emergency had ended"
        if (told.operator, told.organisation) != (opened.operator, opened.organisation):
            yield "a look by somebody else than who had opened the emergency"

    def _judged(
        self, name: tuple[str, str], told: Recorded, reviewed: EmergencyReviewed
    ) -> Iterator[str]:
        opened = self.opened.get(name)
        if opened is None:
            yield "an emergency was judged that nobody had opened"
            return
        if opened.operator in (reviewed.reviewer, told.operator):
            yield "an emergency was judged by who had opened it"
        if told.at >= opened.review_by and name not in self.overdue:
            yield "an emergency was judged too late, and no alarm tells of it"
        self.judged.add(name)
