"""An export verified offline, without any store: each check by name, each fault in words."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from shared.trust.merkle import Tree, canonical, grown, leaf_hash
from shared.trust.notes import Checkpoint, NotANote, Verifier, opened, verifier_of
from staffetta.audit.exporting import FILES, origin_of
from staffetta.audit.meaning import Consents, Streams, read_entry

_SHOWN = 10
_AT_A_TIME = 1_000


@dataclass(frozen=True)
class Check:
    """One check of one service's log; without faults it is passed."""

    service: str
    what: str
    faults: Sequence[str] = ()


@dataclass
class _Read:
    """What one pass over the entries found."""

    tree: Tree = field(default_factory=Tree)
    root_then: bytes | None = None
    form: list[str] = field(default_factory=list)
    order: list[str] = field(default_factory=list)
    consent: list[str] = field(default_factory=list)
    streams: Streams = field(default_factory=Streams)
    consents: Consents = field(default_factory=Consents)


def verify(
    directory: Path, saved: Path | None, progress: Callable[[int, int], None]
) -> Iterator[Check]:
    """Every check of every service under `directory`. `saved` is an earlier export, which the
    auditor kept: its keys are then the ones that count, and its checkpoints must be continued."""
    there = sorted(place.name for place in directory.iterdir() if place.is_dir())
    stray = sorted(place.name for place in directory.iterdir() if not place.is_dir())
    known = sorted(place.name for place in saved.iterdir() if place.is_dir()) if saved else []
    gone = [f"the log of {name}, of which a checkpoint was kept" for name in known]
    missing = [each for name, each in zip(known, gone, strict=True) if name not in there]
    nothing = [] if there else ["there is no service's log here"]
    extra = [f"{name} belongs to no log" for name in stray]
    yield Check("", "nothing missing and nothing besides", [*nothing, *missing, *extra])
    for name in there:
        kept = saved / name if saved and name in known else None
        yield from _service(directory / name, kept, progress)


def _service(
    place: Path, saved: Path | None, progress: Callable[[int, int], None]
) -> Iterator[Check]:
    name = place.name
    found = sorted(file.name for file in place.iterdir())
    if found != sorted(FILES):
        yield Check(name, "files", [f"there are {', '.join(found)}: not {', '.join(FILES)}"])
        return
    try:
        key = verifier_of(_text((saved or place) / "key"))
        checkpoint = _checkpoint(place, key)
        before = _checkpoint(saved, key) if saved else None
    except NotANote as wrong:
        yield Check(name, "signature", [wrong.why])
        return
    same = _text(place / "key") == f"{key}\n"
    yield Check(name, "signature", () if same else ["the key is another than the one you kept"])
    named = checkpoint.origin == key.name == origin_of(name)
    yield Check(name, "origin", () if named else ["the checkpoint is that of another log"])
    read = _entries(place / "entries.jsonl", name, before, checkpoint.size, progress)
    yield Check(name, "entries", _few(read.form))
    yield Check(name, "root and inclusion", _head(read.tree, checkpoint))
    if before:
        yield Check(name, "consistency with the checkpoint you kept", _continued(read, before))
    yield Check(name, "dense versions", _few(read.order))
    if name == "identification":
        yield Check(name, "disclosures under a live consent", _few(read.consent))


def _entries(
    file: Path,
    service: str,
    before: Checkpoint | None,
    size: int,
    progress: Callable[[int, int], None],
) -> _Read:
    read = _Read()
    with file.open("rb") as lines:
        for number, raw in enumerate(lines):
            if before and read.tree.size == before.size:
                read.root_then = read.tree.root
            line = raw.removesuffix(b"\n")
            read.tree = grown(read.tree, [leaf_hash(line)])
            try:
                _judge(read, number, raw, service)
            except (ValueError, KeyError, TypeError, AttributeError, ValidationError):
                read.form.append(f"entry {number} is not one that this version can read")
            if number % _AT_A_TIME == 0:
                progress(number, max(size, number))
    if before and read.tree.size == before.size:
        read.root_then = read.tree.root
    return read


def _judge(read: _Read, number: int, raw: bytes, service: str) -> None:
    entry = read_entry(raw)
    if canonical(entry) + b"\n" != raw:
        read.form.append(f"entry {number} is not in its one spelling")
    if entry["service"] != service:
        read.form.append(f"entry {number} is of another service")
    read.order.extend(read.streams.faults(number, entry))
    read.consent.extend(read.consents.faults(number, entry))


def _head(tree: Tree, checkpoint: Checkpoint) -> list[str]:
    if tree.size != checkpoint.size:
        return [f"{tree.size} entries, where the checkpoint counts {checkpoint.size}"]
    if tree.root != checkpoint.root:
        return ["the entries are not those that the checkpoint was signed over"]
    return []


def _continued(read: _Read, before: Checkpoint) -> list[str]:
    if read.tree.size < before.size:
        return [f"{read.tree.size} entries, where you have seen {before.size}"]
    if read.root_then != before.root:
        return [f"the first {before.size} entries are not those that you have seen"]
    return []


def _checkpoint(place: Path, key: Verifier) -> Checkpoint:
    return opened(_text(place / "checkpoint"), key)


def _text(file: Path) -> str:
    """Its text; `NotANote` where it is none, or is not there."""
    try:
        return file.read_bytes().decode()
    except (OSError, UnicodeDecodeError):
        raise NotANote(f"{file.name} cannot be read as text") from None


def _few(faults: Sequence[str]) -> list[str]:
    more = len(faults) - _SHOWN
    return [*faults[:_SHOWN], *([f"and {more} more"] if more > 0 else [])]
