"""The read tables `likenesses`, keyed values by which sealed fields are alike, and `unsought`: the
cases in which nobody has looked since something was recorded. Never a word."""

from collections.abc import Collection, Sequence
from enum import StrEnum

from services.identification.cases.events import (
    CaseOpened,
    ContactAdded,
    ErasureRequested,
    Event,
    IdentityRecorded,
)
from services.identification.duplicates.blinding import blind
from services.identification.duplicates.events import DuplicatesSought
from services.identification.duplicates.likeness import Kept
from shared.runtime.append import instant
from shared.runtime.facts import Change, Recorded, Table

LIKENESSES = Table(
    "likenesses",
    {"stream": "TEXT", "kind": "TEXT", "blind": "TEXT"},
    indexes=(("kind", "blind"), ("stream", "kind")),
    subject="stream",
)


class NextStep(StrEnum):
    """What is still to be done in a case. `seek-duplicates`: something of who the person is was
    recorded, and nobody has looked since whether they are known already."""

    SEEK_DUPLICATES = "seek-duplicates"


UNSOUGHT = Table("unsought", {"since": "TEXT"})


def rows(stream: str, forms: Collection[tuple[Kept, str]], key: bytes) -> Sequence[Change]:
    """One row for each kind and value; told again, it is the same row."""
    values = sorted((kind, blind(key, kind, form)) for kind, form in forms)
    return [
        Change(
            "likenesses",
            f"{stream}/{kind}/{value}",
            {"stream": stream, "kind": kind.value, "blind": value},
        )
        for kind, value in values
    ]


def unsought(event: Event, recorded: Recorded) -> Sequence[Change]:
    """Whatever was recorded of who somebody is asks for a search, until there was one; nothing is
    searched by it, and so nothing told of anybody else."""
    match event:
        case CaseOpened() | ContactAdded() | IdentityRecorded():
            return [Change("unsought", recorded.stream, {"since": instant(recorded.at)})]
        case DuplicatesSought() | ErasureRequested():
            return [Change("unsought", recorded.stream, None)]
        case _:
            return []
