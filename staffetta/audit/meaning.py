"""What the entries of a log must mean, whoever wrote them: judged in the order of the log.

Design, section 5: dense versions, and every disclosure cites an earlier, unrevoked consent.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.identification.app import SERVICE as IDENTIFICATION
from services.identification.cases.disclosing import AGAIN
from services.identification.cases.events import (
    ConsentExpired,
    ConsentGiven,
    ConsentNarrowed,
    ConsentWithdrawn,
    DossierDisclosed,
)
from services.identification.network.events import OrganisationHeard
from shared.codes import OrganisationKind
from shared.runtime.facts import Recorded
from staffetta.audit.recorded import names_of, recorded_of

_OF_CONSENT = names_of(
    IDENTIFICATION,
    ConsentGiven,
    ConsentNarrowed,
    ConsentExpired,
    ConsentWithdrawn,
    DossierDisclosed,
    OrganisationHeard,
)


@dataclass
class Streams:
    """The versions of each stream: 1, 2, 3, … without a hole."""

    last: dict[str, int] = field(default_factory=dict)

    def faults(self, number: int, entry: Mapping[str, Any]) -> Iterator[str]:
        if entry.get("kind") != "event":
            return
        stream, version = entry["stream"], entry["version"]
        expected = self.last.get(stream, 0) + 1
        if version != expected:
            yield f"entry {number}: version {version} of its stream, where {expected} comes next"
        self.last[stream] = version


@dataclass
class Consents:
    """The consents of each case, and what was shown under them."""

    live: dict[tuple[str, str], ConsentGiven] = field(default_factory=dict)
    kinds: dict[str, OrganisationKind] = field(default_factory=dict)

    def faults(self, number: int, entry: Mapping[str, Any]) -> Iterator[str]:
        if entry.get("kind") == "read" and entry.get("what") == AGAIN:
            at = datetime.fromisoformat(entry["at"])
            yield from self._uncovered(number, entry["stream"], entry["consent"], entry["org"], at)
        elif told := recorded_of(IDENTIFICATION, entry, _OF_CONSENT):
            yield from self._of_consent(number, told)

    def _of_consent(self, number: int, recorded: Recorded) -> Iterator[str]:
        case = recorded.stream
        match recorded.event:
            case ConsentGiven() as given:
                self.live[case, given.consent] = given
            case OrganisationHeard() as heard:
                self.kinds[heard.organisation] = heard.kind
            case ConsentNarrowed() as less:
                yield from self._narrowed(number, case, less)
            case ConsentWithdrawn(consent=consent) | ConsentExpired(consent=consent):
                self.live.pop((case, consent), None)
            case DossierDisclosed() as shown:
                yield from self._disclosed(number, case, shown, recorded.at)

    def _narrowed(self, number: int, case: str, less: ConsentNarrowed) -> Iterator[str]:
        given = self.live.get((case, less.consent))
        if given is None:
            yield f"entry {number}: a consent was narrowed that is not live"
            return
        wider = not set(less.categories) <= set(given.categories)
        if wider or less.valid_until > given.valid_until or not self._within(given, less):
            yield f"entry {number}: a consent was widened where it should have been narrowed"
        scope = less.model_dump(exclude={"consent"})
        self.live[case, less.consent] = given.model_copy(update=scope)

    def _within(self, given: ConsentGiven, less: ConsentNarrowed) -> bool:
        if less.recipient is None:
            return less.recipient_class == given.recipient_class
        return self._covers(given, less.recipient)

    def _covers(self, given: ConsentGiven, to: str) -> bool:
        if given.recipient is not None:
            return given.recipient == to
        return self.kinds.get(to) == given.recipient_class

    def _disclosed(
        self, number: int, case: str, shown: DossierDisclosed, at: datetime
    ) -> Iterator[str]:
        yield from self._uncovered(number, case, shown.consent, shown.recipient, at)
        given = self.live.get((case, shown.consent))
        if given and given.purpose != shown.purpose:
            yield f"entry {number}: a disclosure for another purpose than its consent allows"
        if given and not set(shown.categories) <= set(given.categories):
            yield f"entry {number}: a disclosure of more than its consent allows"

    def _uncovered(
        self, number: int, case: str, consent: str, to: str, at: datetime
    ) -> Iterator[str]:
        given = self.live.get((case, consent))
        if given is None:
            yield f"entry {number}: a disclosure without a live consent"
        elif not self._covers(given, to):
            yield f"entry {number}: a disclosure to another organisation than its consent names"
        elif at >= given.valid_until:
            yield f"entry {number}: a disclosure after its consent had ended"


def read_entry(line: bytes) -> dict[str, Any]:
    """An entry out of its line. Raises `ValueError` where it is no JSON object."""
    entry = json.loads(line)
    if not isinstance(entry, dict):
        raise ValueError("no object")
    return entry
