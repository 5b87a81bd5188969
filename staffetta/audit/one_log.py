"""One service's log of an export, beside what its witnesses and the auditor know of it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from shared.runtime.seen_logs import generation_in, kept_in
from shared.trust.merkle import Tree
from shared.trust.notes import Checkpoint, NotANote, Verifier, opened
from staffetta.audit.checks import Check, Terms, text_of
from staffetta.audit.manifest import Manifest
from staffetta.audit.policy import Policy
from staffetta.audit.reading import Read, read
from staffetta.audit.step_ups import StepUps
from staffetta.audit.views import Claim, View, claims, contradicted

OWNER = "identification"
"""The service that completes erasures."""
Show = Callable[[int, int], None]


@dataclass(frozen=True)
class Log:
    """One service's log, and whatever it is to be compared with."""

    terms: Terms
    views: Sequence[View]
    place: Path
    checkpoint: Checkpoint
    key: Verifier
    policy: Policy
    before: Checkpoint | None
    manifest: Manifest

    @property
    def name(self) -> str:
        return self.place.name

    def read(self, show: Show) -> tuple[Read, list[Check]]:
        """One pass over the entries, and every check of this log."""
        said, wrong = self._said()
        own, few = self._cosigned()
        said.extend(own)
        sizes = {claim.kept.size for claim in said} | {self.before.size if self.before else 0}
        total = self.checkpoint.size
        found = read(self.place / "entries.jsonl", self.name, sizes, show, total)
        generation, strange = self._origin(found)
        judged = [claim for claim in said if self._counts(claim, generation, found.tree.size)]
        split = contradicted(judged, generation, found.tree.size, found.roots)
        told: dict[str, Iterable[str]] = {
            "origin": strange,
            "root and inclusion": _head(found.tree, self.checkpoint),
            "quorum": few,
            "no split view": [*wrong, *split],
            **meant(found),
        }
        if self.before:
            told["consistency with the checkpoint you kept"] = self._continued(found, generation)
        return found, [
            Check(self.name, what, list(faults), _besides(found, what))
            for what, faults in told.items()
        ]

    def _said(self) -> tuple[list[Claim], list[str]]:
        """What others keep of this log, and what of that cannot be believed."""
        witnesses = {each.name: each for each in self.policy.witnesses}
        return claims(self.views, self.name, self.key, witnesses)

    def _counts(self, claim: Claim, generation: int, size: int) -> bool:
        """Whether what was seen says something of the export: all that is of a part of it, and
        what is of more where it was seen before the export, or exported together with it."""
        later = claim.at is not None and claim.at >= self.manifest.at
        within = claim.kept.generation <= generation and claim.kept.size <= size
        return within or claim.by in self.manifest.together or not later

    def _origin(self, found: Read) -> tuple[int, list[str]]:
        """The generation, and what is strange about the name of the log."""
        try:
            generation = generation_in(self.checkpoint.origin, self.name)
        except NotANote as wrong:
            return 1, [wrong.why]
        if not self.checkpoint.origin == self.key.name == self.manifest.origin:
            return generation, ["the checkpoint is that of another log"]
        if generation > 1 and not found.losses:
            return generation, ["it began anew, and no entry tells of a loss that was accepted"]
        return generation, []

    def _cosigned(self) -> tuple[list[Claim], list[str]]:
        """What the witnesses cosigned, and why that is not enough."""
        needed = self.policy.quorum if self.terms.quorum is None else (self.terms.quorum)
        try:
            note = text_of(self.place / "cosigned")
            if not note:
                return [], ["nobody has cosigned it"] if needed else []
            opened(note, self.key)
            names = list(self.policy.cosigners(note))
            claim = Claim("those who cosigned it", kept_in(note, self.name))
        except NotANote as wrong:
            return [], [wrong.why]
        few = [f"{len(names)} of the witnesses cosigned it, where {needed} must"]
        return [claim], few if len(names) < needed else []

    def _continued(self, found: Read, generation: int) -> list[str]:
        before, size = self.before, found.tree.size
        if before is None:
            return []
        if generation < generation_in(before.origin, self.name):
            return ["it is of an earlier generation than the one you have seen"]
        if size < before.size:
            return [f"{size} entries, where you have seen {before.size}"]
        if found.roots[before.size] != before.root:
            return [f"the first {before.size} entries are not those that you have seen"]
        return []


def meant(found: Read) -> dict[str, Iterable[str]]:
    """The checks of what the entries say, by their names."""
    return {"entries": found.form, "dense versions": found.order, **found.meant}


def _besides(found: Read, what: str) -> str:
    """What a judge of the entries tells that is no fault."""
    judge = found.judges.get(what)
    return judge.told if isinstance(judge, StepUps) else ""


def _head(tree: Tree, checkpoint: Checkpoint) -> list[str]:
    if tree.size != checkpoint.size:
        return [f"{tree.size} entries, where the checkpoint counts {checkpoint.size}"]
    if tree.root != checkpoint.root:
        return ["the entries are not those that the checkpoint was signed over"]
    return []
