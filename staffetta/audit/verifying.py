"""An export verified offline, without any store: each check by name, each fault in words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from shared.trust.notes import Checkpoint, NotANote, Verifier, opened, verifier_of
from staffetta.audit import kinds
from staffetta.audit.checks import Check, Terms, text_of
from staffetta.audit.comparing import CLOCKS, Side, compare
from staffetta.audit.emergencies import Emergencies
from staffetta.audit.erasures import Erasures, faults, still_open
from staffetta.audit.findings import AS_GIVEN, few
from staffetta.audit.manifest import NAME, Manifest, differing, read_manifest
from staffetta.audit.one_log import OWNER, Log, Show, meant
from staffetta.audit.policy import read_policy
from staffetta.audit.reading import Read, read
from staffetta.audit.views import View, kept_by, kept_outside

HEARERS = {"assistance", "referral"}
"""The services that act on consents of which they hear."""
_NO_LOG = "there is no service's log here: name the directory that `staffetta audit export` wrote"


@dataclass
class _Export:
    """What is known of all logs together."""

    directory: Path
    terms: Terms
    views: list[View] = field(default_factory=list)
    erasures: dict[str, Erasures] = field(default_factory=dict)
    sides: dict[str, tuple[Side, Manifest]] = field(default_factory=dict)
    named: dict[str, kinds.Kinds] = field(default_factory=dict)
    together: set[str] = field(default_factory=set)
    at: int = 0

    def keep(self, name: str, found: Read, manifest: Manifest) -> None:
        """What is judged once every log was read."""
        moment = datetime.fromtimestamp(manifest.at, UTC)
        self.named[name] = found.kinds
        self.erasures[name] = found.erasures
        self.sides[name] = Side(found.consents, moment), manifest


def verify(directory: Path, terms: Terms, progress: Show) -> Iterator[Check]:
    """Every check of every service under `directory`."""
    there = sorted(place.name for place in directory.iterdir() if place.is_dir())
    known = _known(terms.saved)
    export = _Export(directory, terms)
    yield Check("", "what witnesses keep can be read", list(_views(export, there)))
    for name in there:
        saved = terms.saved / name if terms.saved and name in known else None
        yield from _service(export, directory / name, saved, progress)
    missing = sorted({*known, *export.together} - set(there))
    stray = sorted({each.name for each in directory.iterdir()} - set(there))
    told = [] if there else [_NO_LOG]
    told += [f"the log of {name} is missing" for name in missing]
    told += [f"{name} belongs to no log" for name in stray]
    yield Check("", "nothing missing and nothing besides", told)
    yield from _erasures(export)
    yield from _consents(export)
    yield from _kinds(export)


def _kinds(export: _Export) -> Iterator[Check]:
    """Where the directory's log is here: what others heard of it."""
    for name in sorted({OWNER, "assistance"} & set(export.sides)):
        if kinds.DIRECTORY not in export.sides:
            told = f"not compared: the log of {kinds.DIRECTORY} is not here"
            yield Check(name, kinds.CHECK, (), told)
            continue
        (other, manifest), (directory, _told) = export.sides[name], export.sides[kinds.DIRECTORY]
        clocks = timedelta(0) if kinds.DIRECTORY in manifest.together else CLOCKS
        young = directory.at - clocks, max(directory.at, other.at) + CLOCKS
        lost_at = directory.consents.lost_at
        lost = None if lost_at is None else lost_at + clocks
        wrong = kinds.faults(export.named[kinds.DIRECTORY], export.named[name], young, lost)
        yield Check(name, kinds.CHECK, few(list(wrong)))


def _consents(export: _Export) -> Iterator[Check]:
    """What the others noted of them, beside the log of who asked the person."""
    owner = export.sides.get(OWNER)
    for name in sorted(HEARERS & set(export.sides)):
        other, manifest = export.sides[name]
        if owner is None:
            yield Check(name, AS_GIVEN, (), f"not compared: the log of {OWNER} is not here")
        else:
            together = OWNER in manifest.together and name in owner[1].together
            yield from compare(name, owner[0], other, together=together).checks(name)


def _erasures(export: _Export) -> Iterator[Check]:
    """Where the log that completes them is here."""
    if OWNER not in export.erasures:
        return
    owner = export.erasures[OWNER]
    wrong = list(faults(owner, export.erasures, export.at))
    waiting = still_open(owner)
    told = f"{waiting} asked for and not completed yet" if waiting else ""
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
        key = verifier_of(text_of(place / "key"))
        counts = Verifier(key.name, verifier_of(text_of(saved / "key")).key) if saved else key
        manifest = read_manifest(text_of(place / NAME), counts)
    except NotANote as wrong:
        yield Check(name, "files", [f"key and manifest: {wrong.why}"])
        yield from _unmanifested(export, place, saved, show)
        return
    export.together.update(manifest.together)
    export.at = max(export.at, manifest.at)
    yield Check(name, "files", list(differing(place, manifest)), f"exported at {manifest.day}")
    try:
        checkpoint = opened(text_of(place / "checkpoint"), counts)
        policy = read_policy(text_of((saved or place) / "policy"))
        before = _saved(saved)
    except NotANote as wrong:
        yield Check(name, "signature", [wrong.why])
        yield from _entries_alone(export, place, show)
        return
    same = text_of(place / "key") == f"{counts}\n"
    yield Check(name, "signature", () if same else ["the key is another than the one you kept"])
    log = Log(export.terms, export.views, place, checkpoint, counts, policy, before, manifest)
    found, checks = log.read(show)
    export.keep(name, found, manifest)
    yield from checks
    yield from _emergencies(found, name, manifest.at)


def _emergencies(found: Read, name: str, at: int) -> Iterator[Check]:
    """Where they are opened: those that nobody looked after until the log was exported."""
    for judge in found.judges.values():
        if isinstance(judge, Emergencies):
            yield Check(name, "emergencies judged, or told as overdue", list(judge.forgotten(at)))


def _unmanifested(export: _Export, place: Path, saved: Path | None, show: Show) -> Iterator[Check]:
    """Where the list of files cannot be trusted, what else is wrong is told all the same."""
    try:
        opened(text_of(place / "checkpoint"), verifier_of(text_of((saved or place) / "key")))
    except NotANote as wrong:
        yield Check(place.name, "signature", [wrong.why])
    yield from _entries_alone(export, place, show)


def _entries_alone(export: _Export, place: Path, show: Show) -> Iterator[Check]:
    """What the entries mean, where nobody vouches for them."""
    found = read(place / "entries.jsonl", place.name, (), show, 0)
    export.erasures[place.name] = found.erasures
    for what, told in meant(found).items():
        yield Check(place.name, what, list(told))


def _saved(saved: Path | None) -> Checkpoint | None:
    if saved is None:
        return None
    return opened(text_of(saved / "checkpoint"), verifier_of(text_of(saved / "key")))
