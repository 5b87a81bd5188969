"""Acts that want fresh proof of who acts, as each log tells of them: with a second factor, minutes
before, by the rule by which it was asked for (decision 34).

Entries of an older form do not tell of it. They are known by their name or number, and counted;
once a log tells of it, an older form has no place there any more.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from services.assistance.app import SERVICE as ASSISTANCE
from services.assistance.notes.events import OwnViewShown as NotesOpened
from services.identification.app import SERVICE as IDENTIFICATION
from services.identification.cases.emergency.events import EmergencyOpened
from services.identification.cases.own_view.events import OwnViewShown
from services.referral.custody.own_view_api import OWN_VIEW, SECOND_FORM
from shared.trust.step_up import Proof, proved_anew
from staffetta.audit.recorded import names_of, recorded_of

CHECK = "a second factor where one is wanted"
_ACTS = EmergencyOpened | OwnViewShown | NotesOpened
_SERVICES = {each.name: each for each in (ASSISTANCE, IDENTIFICATION)}
_NAMES = names_of(IDENTIFICATION, EmergencyOpened, OwnViewShown) | names_of(ASSISTANCE, NotesOpened)
_TELLING = {fact.stored_name for fact in _ACTS.__args__}
_BOTH = timedelta(days=1)
"""For so long processes of the older version may go on beside the newer ones."""


@dataclass(frozen=True)
class _Act:
    """`tells`: whether its form has a place for the proof."""

    at: datetime
    tells: bool
    proof: Proof | None = None


@dataclass
class StepUps:
    """`since`: when an act was first recorded in the form that tells; `older`: how many not so."""

    since: datetime | None = None
    older: int = 0

    @property
    def told(self) -> str:
        if not self.older:
            return ""
        return f"{self.older} were recorded by an older version, which did not keep it"

    def faults(self, number: int, entry: Mapping[str, Any]) -> Iterator[str]:
        act = _act(entry)
        if act is None:
            return
        if act.tells:
            self.since = min(act.at, self.since or act.at)
            if not proved_anew(act.proof, act.at):
                yield f"entry {number}: done without a second factor of the last five minutes"
        elif self.since is not None and act.at > self.since + _BOTH:
            yield f"entry {number}: in an older form, which does not tell of a second factor"
        else:
            self.older += 1


def _act(entry: Mapping[str, Any]) -> _Act | None:
    if entry.get("kind") == "read" and entry.get("what") == OWN_VIEW:
        return _of_read(entry)
    if entry.get("name") not in _NAMES:
        return None
    told = recorded_of(_SERVICES[entry["service"]], entry, _NAMES)
    if told is None or not isinstance(told.event, _ACTS):
        return None
    return _Act(told.at, entry["name"] in _TELLING, told.event.proof)


def _of_read(entry: Mapping[str, Any]) -> _Act:
    at = datetime.fromisoformat(entry["at"])
    if entry.get("form") != SECOND_FORM:
        return _Act(at, tells="form" in entry)
    proved_at = datetime.fromisoformat(entry["proved_at"])
    return _Act(at, True, Proof(at=proved_at, factors=tuple(entry["proved_with"].split(" "))))
