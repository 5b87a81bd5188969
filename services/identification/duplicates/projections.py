"""The read table `likenesses`: keyed values by which sealed fields are alike, and never a word."""

from collections.abc import Collection, Sequence

from services.identification.duplicates.blinding import blind
from services.identification.duplicates.likeness import Kept
from shared.runtime.facts import Change, Table

LIKENESSES = Table(
    "likenesses",
    {"stream": "TEXT", "kind": "TEXT", "blind": "TEXT"},
    indexes=(("kind", "blind"), ("stream", "kind")),
    subject="stream",
)


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
