"""What others keep of a log, beside what the log says of itself: two stories are one too many."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from shared.runtime.seen_logs import Kept, kept_in
from shared.trust.cosigning import cosigned
from shared.trust.merkle import canonical
from shared.trust.notes import NotANote, Verifier, opened

_WITNESS = "staffetta/{}/witness"


@dataclass(frozen=True)
class View:
    """A checkpoint of a log as somebody keeps it. `cosigner`: the name under which it cosigned."""

    of: str
    by: str
    note: str
    cosigner: str


@dataclass(frozen=True)
class Claim:
    """What must be true of a log. `at`: when it was cosigned, in seconds since 1970."""

    by: str
    kept: Kept
    at: int | None = None


def kept_by(place: Path) -> list[View]:
    """What a service keeps of others. Raises `NotANote` where its file has another form."""
    return [
        View(told["service"], place.name, told["note"], _WITNESS.format(place.name))
        for told in _lines(place / "kept.jsonl")
    ]


def kept_outside(state: Path) -> list[View]:
    """What the state directory of an outside witness keeps. Raises `NotANote`."""
    try:
        name = (state / "witness").read_text().partition("+")[0]
        found = sorted((state / "logs").glob("*/*.note"))
        return [View(file.parent.name, name, file.read_text(), name) for file in found]
    except (OSError, UnicodeDecodeError):
        raise NotANote("the witness's directory cannot be read") from None


def claims(
    views: Sequence[View], service: str, key: Verifier, witnesses: Mapping[str, Verifier]
) -> tuple[list[Claim], list[str]]:
    """What others say of a service's log, and what of it cannot be believed, in words."""
    found, wrong = [], []
    for view in (view for view in views if view.of == service):
        try:
            kept = kept_in(view.note, service)
            opened(view.note, Verifier(key_name(view.note), key.key))
            by = witnesses.get(view.cosigner)
            at = cosigned(view.note, by) if by else None
        except NotANote as trouble:
            wrong.append(f"what {view.by} keeps of it: {trouble.why}")
            continue
        found.append(Claim(view.by, kept, at))
    return found, wrong


def key_name(note: str) -> str:
    """The origin in a note's first line, which is its key's name."""
    return note.partition("\n")[0]


def contradicted(
    said: Sequence[Claim], generation: int, size: int, roots: Mapping[int, bytes]
) -> Iterator[str]:
    """Where the log is not what others saw."""
    for claim in said:
        kept = claim.kept
        if kept.generation < generation:
            continue
        if kept.generation > generation or kept.size > size:
            yield f"{claim.by} has seen {kept.size} entries of it, here are {size}"
        elif roots[kept.size] != kept.root:
            yield f"{claim.by} has seen {kept.size} other entries under the same name"


def _is_view(told: object) -> bool:
    return (
        isinstance(told, dict)
        and set(told) == {"service", "note"}
        and all(isinstance(value, str) for value in told.values())
    )


def _lines(file: Path) -> Iterator[dict[str, str]]:
    try:
        for raw in file.read_bytes().splitlines(keepends=True):
            told = json.loads(raw)
            if canonical(told) + b"\n" != raw or not _is_view(told):
                raise NotANote(f"{file.name} has another form")
            yield told
    except (OSError, ValueError, TypeError):
        raise NotANote(f"{file.name} cannot be read") from None
