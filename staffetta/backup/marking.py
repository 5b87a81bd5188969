"""A restore is itself a fact: it stands in the restored store's audit log, and holds its writing
until everybody who heard of this service was asked what they saw."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from shared.runtime.append import Append, instant, write
from shared.runtime.rows import Leaf
from shared.trust.merkle import canonical, leaf_hash
from staffetta.backup.manifest import Manifest
from staffetta.backup.sqlite import Mark

BY, FOR = "command-line", "the operator of this installation"
_STREAM = "store"


def marking(manifest: Manifest, at: datetime) -> Mark:
    """What is written into a store that was restored from this backup."""
    text = canonical(
        {
            "kind": "restore",
            "service": manifest.service,
            "stream": _STREAM,
            "at": instant(at),
            "by": BY,
            "org": FOR,
            "what": f"the backup of {manifest.at}",
        }
    )

    def mark(run: Callable[[str, Sequence[Any]], object]) -> None:
        write(run, Append(leaves=[Leaf(leaf_hash(text), _STREAM, None, text.decode())]))
        run(
            "INSERT INTO restores SELECT COALESCE(MAX(id), 0) + 1, CAST(? AS TEXT), 'restored',"
            " '[]' FROM restores",
            (manifest.at,),
        )

    return mark
