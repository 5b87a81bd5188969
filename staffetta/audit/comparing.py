"""What a service noted of consents, beside what `identification` says was given (decision 14).

Messages take moments, and a log is as of one moment: what one of the two cannot have heard yet is
told, and is no fault.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from staffetta.audit.consents import Consents, Said, Scope, Use
from staffetta.audit.findings import Findings, moment
from staffetta.audit.scopes import alike, covered, covers, is_older, otherwise

HEARD_WITHIN = timedelta(days=1)
"""What takes longer to be heard is no message under way, but an outage or a lie."""
CLOCKS = timedelta(hours=1)
"""By how much the clocks of two machines may differ."""
_NOBODY = "a consent that nobody gave in this case"


@dataclass(frozen=True)
class Side:
    """A log, and when it was exported (UTC)."""

    consents: Consents
    at: datetime


def compare(service: str, owner: Side, other: Side, *, together: bool) -> Findings:
    """`owner`: the log of `identification`; `other`: that of `service`. `together`: both were
    exported by one process, so that there is one clock."""
    comparison = _Comparison(service, owner, other, timedelta(0) if together else CLOCKS)
    comparison.notes()
    comparison.uses()
    comparison.ends()
    return comparison.found


@dataclass
class _Comparison:
    """`reached`: by case and consent the place, in the owner's list of the case, of what was noted
    last, and how that was noted. `heard`: by case the last place of which anything was noted: what
    comes before it was heard as well, since the messages of a case come in order."""

    service: str
    owner: Side
    other: Side
    clocks: timedelta
    found: Findings = field(default_factory=Findings)
    reached: dict[tuple[str, str], tuple[int, Scope]] = field(default_factory=dict)
    heard: dict[str, int] = field(default_factory=dict)

    def notes(self) -> None:
        """Whatever was noted of a consent was told, and in the order in which it was."""
        for case, said in self.other.consents.said.items():
            for noted in said:
                self._note(case, noted, self._told(case, noted.consent))

    def uses(self) -> None:
        """Whatever rests on a consent, or was shown under it, has it from the person."""
        for use in self.other.consents.uses:
            told = [said for _place, said in self._told(use.case, use.consent)]
            if not told:
                self._doubt(use.number, f"it rests on {_NOBODY}", use.at)
            elif use.shown:
                self.found.heeded += [
                    f"entry {use.number}: {why}" for why in self._shown(use, told)
                ]

    def ends(self) -> None:
        """Whatever was taken back was heard, and noted."""
        for case, said in self.owner.consents.said.items():
            for place, each in enumerate(said):
                if each.what == "withdrawn":
                    self._withdrawn(case, place, each)
                elif each.scope is not None:
                    self._narrowed(case, place, each, each.scope)

    def _told(self, case: str, consent: str) -> list[tuple[int, Said]]:
        said = self.owner.consents.said.get(case, [])
        return [(place, each) for place, each in enumerate(said) if each.consent == consent]

    def _note(self, case: str, noted: Said, told: list[tuple[int, Said]]) -> None:
        after, _noted = self.reached.get((case, noted.consent), (-1, None))
        for place, said in told:
            passed = noted.scope is not None and place <= after
            if not passed and said.what == noted.what and alike(said.scope, noted.scope):
                self._reach(case, place, noted)
                return
        scopes = [said.scope for place, said in told if said.scope and place >= after]
        if noted.scope and scopes:
            fault, less = otherwise(noted.scope, scopes)
        else:
            kind = "a withdrawal" if noted.what == "withdrawn" else "the end of a consent"
            fault, less = f"{kind} that nobody told of" if noted.scope is None else _NOBODY, True
        if less:
            self._doubt(noted.number, fault, noted.at)
        else:
            self.found.noted.append(f"entry {noted.number}: {fault}")

    def _reach(self, case: str, place: int, noted: Said) -> None:
        self.heard[case] = max(place, self.heard.get(case, -1))
        if noted.scope is not None:
            self.reached[case, noted.consent] = place, noted.scope
            self.found.compared += 1
            self.found.older += is_older(noted.scope, tells_categories=self.service != "referral")

    def _doubt(self, number: int, fault: str, at: datetime) -> None:
        """Of what the owner's log does not tell: it may be younger than that log, or lost there."""
        lost_at = self.owner.consents.lost_at
        young = self.owner.at - self.clocks <= at <= max(self.owner.at, self.other.at) + CLOCKS
        if lost_at is not None and at <= lost_at + self.clocks:
            self.found.lost += 1
        elif young:
            self.found.younger += 1
        else:
            self.found.noted.append(f"entry {number}: {fault}")

    def _shown(self, use: Use, told: list[Said]) -> Iterator[str]:
        if use.at < told[0].at - self.clocks:
            yield "shown before its consent was given"
        elif not any(covers(said.scope, use) for said in told if said.scope):
            yield "shown to another, or of more, than was ever given"
        elif not covered(use, told, use.at - HEARD_WITHIN - self.clocks, self.clocks):
            yield "shown more than a day after its consent had ended or was narrowed"
        elif not covered(use, told, use.at - self.clocks, self.clocks):
            self.found.meanwhile += 1
        heard = self.owner.consents.acknowledged.get((use.case, use.consent, self.service))
        if heard and use.at > heard + self.clocks:
            yield "shown after identification had heard that the withdrawal was noted here"

    def _withdrawn(self, case: str, place: int, withdrawn: Said) -> None:
        same = (withdrawn.what, withdrawn.consent)
        for noted in self.other.consents.said.get(case, ()):
            if (noted.what, noted.consent) == same:
                self.found.heard(withdrawn.at, noted)
                return
        about = f"the withdrawal of identification's entry {withdrawn.number}"
        acknowledged = self.owner.consents.acknowledged.get((case, withdrawn.consent, self.service))
        if acknowledged and self._must_tell(acknowledged):
            self.found.heeded.append(f"{about} was acknowledged from here, and is not noted here")
        else:
            self._missing(case, place, withdrawn, about)

    def _must_tell(self, acknowledged: datetime) -> bool:
        """Whether the other's log is young enough to tell of it, and has not lost it."""
        lost_at = self.other.consents.lost_at
        lost = lost_at is not None and acknowledged <= lost_at + self.clocks
        return not lost and acknowledged < self.other.at - self.clocks

    def _narrowed(self, case: str, place: int, less: Said, scope: Scope) -> None:
        """Nothing is asked where the consent had not been noted, or where what was noted of it is
        all the same."""
        reached, noted = self.reached.get((case, less.consent), (place, None))
        if reached < place and not alike(scope, noted):
            about = f"the narrowing of identification's entry {less.number}"
            self._missing(case, place, less, about)

    def _missing(self, case: str, place: int, what: Said, about: str) -> None:
        """Not noted: left out, too late, or not heard yet."""
        if place < self.heard.get(case, -1):
            self.found.heeded.append(f"{about} is not noted, and what came after it is")
        elif case in self.other.consents.erased:
            return
        elif self.other.at - what.at > HEARD_WITHIN + self.clocks:
            self.found.heeded.append(f"{about} was not heard within a day")
        else:
            self.found.waiting.append(f"{about}, recorded at {moment(what.at)}")
