"""An export verified offline, without any store: each check by name, each fault in words."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from shared.runtime.seen_logs import generation_in, kept_in
from shared.trust.merkle import Tree
from shared.trust.notes import Checkpoint, NotANote, Verifier, opened, verifier_of
from staffetta.audit.erasures import Erasures, faults, still_open
from staffetta.audit.manifest import NAME, Manifest, differing, read_manifest
from staffetta.audit.policy import Policy, read_policy
from staffetta.audit.reading import Read, read
from staffetta.audit.views import Claim, View, claims, contradicted, kept_by, kept_outside
from staffetta.four import FOUR

_SERVICES = [part.name for part in FOUR]
_OWNER = "identification"
Show = Callable[[int, int], None]


@dataclass(frozen=True)
class Check:
    """One check of one service's log; without faults it is passed. `told`: what is worth knowing
    and no fault."""

    service: str
    what: str
    faults: Sequence[str] = ()
    told: str = ""


@dataclass(frozen=True)
class Terms:
    """What the auditor brings. `saved`: an earlier export that was kept: its keys and its policy
    are then the ones that count, and its checkpoints must be continued. `quorum`: how many
    witnesses it takes, else as the policy says. `witnesses`: directories of outside witnesses."""

    saved: Path | None = None
    quorum: int | None = None
    witnesses: Sequence[Path] = ()


@dataclass
class _Export:
    """What is known of all logs together."""

    directory: Path
    terms: Terms
    views: list[View] = field(default_factory=list)
    erasures: dict[str, Erasures] = field(default_factory=dict)
    together: set[str] = field(default_factory=set)
    at: int = 0


def verify(directory: Path, terms: Terms, progress: Show) -> Iterator[Check]:
    """Every check of every service under `directory`."""
    there = sorted(place.name for place in directory.iterdir() if place.is_dir())
    known = _known(terms.saved)
    export = _Export(directory, terms)
    yield Check("", "what witnesses keep can be read", list(_views(export, there)))
    for name in there:
        saved = terms.saved / name if terms.saved and name in known else None
        yield from _service(export, directory / name, saved, progress)
    nothing = [] if there else ["there is no service's log here"]
    gone = [f"the log of {name} is missing" for name in sorted({*known, *export.together})]
    missing = [told for told in gone if told.split()[3] not in there]
    extra = [f"{file.name} belongs to no log" for file in sorted(directory.iterdir())]
    stray = [told for told in extra if told.split(" belongs")[0] not in there]
    yield Check("", "nothing missing and nothing besides", [*nothing, *missing, *stray])
    if _OWNER in export.erasures:
        owner = export.erasures[_OWNER]
        wrong = list(faults(owner, export.erasures, _SERVICES, export.at))
        waiting = f"{still_open(owner)} asked for and not completed yet"
        told = waiting if still_open(owner) else ""
        yield Check("", "erasures attested by each service", wrong, told)


def _known(saved: Path | None) -> list[str]:
    return sorted(place.name for place in saved.iterdir() if place.is_dir()) if saved else []


def _views(export: _Export, there: Sequence[str]) -> Iterator[str]:
    for name in there:
        try:
            export.views.extend(kept_by(export.directory / name))
        except NotANote as wrong:
            yield f"{name}: {wrong.why}"
    for state in export.terms.witnesses:
        try:
            export.views.extend(kept_outside(state))
        except NotANote as wrong:
            yield f"{state.name}: {wrong.why}"


def _service(export: _Export, place: Path, saved: Path | None, show: Show) -> Iterator[Check]:
    name = place.name
    try:
        key = verifier_of(_text(place / "key"))
        counts = Verifier(key.name, verifier_of(_text(saved / "key")).key) if saved else key
        manifest = read_manifest(_text(place / NAME), counts)
    except NotANote as wrong:
        yield Check(name, "files", [f"key and manifest: {wrong.why}"])
        yield from _unmanifested(name, place, saved)
        return
    export.together.update(manifest.together)
    export.at = max(export.at, manifest.at)
    yield Check(name, "files", list(differing(place, manifest)), f"exported at {manifest.day}")
    try:
        checkpoint = opened(_text(place / "checkpoint"), counts)
        policy = read_policy(_text((saved or place) / "policy"))
        before = _saved(saved)
    except NotANote as wrong:
        yield Check(name, "signature", [wrong.why])
        return
    same = _text(place / "key") == f"{counts}\n"
    yield Check(name, "signature", () if same else ["the key is another than the one you kept"])
    log = _Log(export, place, checkpoint, counts, policy, before, manifest)
    yield from log.checks(show)


def _unmanifested(name: str, place: Path, saved: Path | None) -> Iterator[Check]:
    """Where nothing else can be trusted, whether the checkpoint is signed still is told."""
    try:
        opened(_text(place / "checkpoint"), verifier_of(_text((saved or place) / "key")))
    except NotANote as wrong:
        yield Check(name, "signature", [wrong.why])


def _saved(saved: Path | None) -> Checkpoint | None:
    return opened(_text(saved / "checkpoint"), verifier_of(_text(saved / "key"))) if saved else None


@dataclass(frozen=True)
class _Log:
    """One service's log, and whatever it is to be compared with."""

    export: _Export
    place: Path
    checkpoint: Checkpoint
    key: Verifier
    policy: Policy
    before: Checkpoint | None
    manifest: Manifest

    @property
    def name(self) -> str:
        return self.place.name

    def checks(self, show: Show) -> Iterator[Check]:
        witnesses = {each.name: each for each in self.policy.witnesses}
        said, wrong = claims(self.export.views, self.name, self.key, witnesses)
        own, few = self._cosigned()
        said.extend(own)
        sizes = {claim.kept.size for claim in said} | {self.before.size if self.before else 0}
        found = read(self.place / "entries.jsonl", self.name, sizes, show, self.checkpoint.size)
        self.export.erasures[self.name] = found.erasures
        generation, strange = self._origin(found)
        yield Check(self.name, "origin", strange)
        yield Check(self.name, "entries", list(found.form))
        yield Check(self.name, "root and inclusion", _head(found.tree, self.checkpoint))
        if self.before:
            what = "consistency with the checkpoint you kept"
            yield Check(self.name, what, self._continued(found, generation))
        yield Check(self.name, "quorum", few)
        split = contradicted(said, generation, found.tree.size, found.roots, self.manifest.at)
        yield Check(self.name, "no split view", [*wrong, *split])
        yield Check(self.name, "dense versions", list(found.order))
        if self.name == _OWNER:
            yield Check(self.name, "disclosures under a live consent", list(found.consent))

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
        needed = (
            self.policy.quorum if self.export.terms.quorum is None else (self.export.terms.quorum)
        )
        try:
            note = _text(self.place / "cosigned")
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


def _head(tree: Tree, checkpoint: Checkpoint) -> list[str]:
    if tree.size != checkpoint.size:
        return [f"{tree.size} entries, where the checkpoint counts {checkpoint.size}"]
    if tree.root != checkpoint.root:
        return ["the entries are not those that the checkpoint was signed over"]
    return []


def _text(file: Path) -> str:
    """Its text; `NotANote` where it is none, or is not there."""
    try:
        return file.read_bytes().decode()
    except (OSError, UnicodeDecodeError):
        raise NotANote(f"{file.name} cannot be read as text") from None
