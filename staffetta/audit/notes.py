"""Notes of programmes, as the log of `assistance` tells of them: shown under a consent that had
been heard of there, names whoever saw them or their kind of organisation as it was known there, and
was not taken back (design, rule 2)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from services.assistance.app import SERVICE
from services.assistance.events import ConsentNoted, ExpiryNoted, WithdrawalNoted
from services.assistance.network.events import OrganisationHeard
from services.assistance.notes.events import NotesDisclosed
from shared.codes import OrganisationKind
from shared.runtime.facts import Recorded
from staffetta.audit.recorded import recorded_of

_NAMES = {
    fact.stored_name
    for fact in (ConsentNoted, ExpiryNoted, WithdrawalNoted, NotesDisclosed, OrganisationHeard)
}


@dataclass
class Notes:
    """The consents of each case that `assistance` had heard of, and those that were over; the kind
    of each organisation that it had heard of."""

    heard: dict[tuple[str, str], ConsentNoted] = field(default_factory=dict)
    over: set[tuple[str, str]] = field(default_factory=set)
    kinds: dict[str, OrganisationKind] = field(default_factory=dict)

    def faults(self, number: int, entry: Mapping[str, Any]) -> Iterator[str]:
        told = recorded_of(SERVICE, entry, _NAMES)
        if told is None:
            return
        match told.event:
            case ConsentNoted() as noted:
                self.heard[told.stream, noted.consent] = noted
            case OrganisationHeard() as told_of:
                self.kinds[told_of.organisation] = told_of.kind
            case WithdrawalNoted(consent=consent) | ExpiryNoted(consent=consent):
                self.over.add((told.stream, consent))
            case NotesDisclosed() as shown:
                for fault in self._wrong(told, shown):
                    yield f"entry {number}: notes were shown {fault}"

    def _wrong(self, told: Recorded, shown: NotesDisclosed) -> Iterator[str]:
        case = told.stream
        if told.organisation != shown.recipient:
            yield "to another organisation than the one that asked"
        given = self.heard.get((case, shown.consent))
        if given is None:
            yield "under a consent that nobody had heard of"
            return
        if (case, shown.consent) in self.over or told.at >= given.valid_until:
            yield "after their consent was over"
        if not self._covers(given, shown.recipient):
            yield "to another organisation than their consent names"
        if given.purpose != shown.purpose:
            yield "for another purpose than their consent allows"
        if not set(shown.categories) <= set(given.categories):
            yield "of more categories than their consent allows"

    def _covers(self, given: ConsentNoted, to: str) -> bool:
        if given.recipient is not None:
            return given.recipient == to
        kind = self.kinds.get(to)
        return kind is not None and kind == given.recipient_class
