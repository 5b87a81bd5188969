"""Everything that a stranger needs to verify a service's audit log, in three files.

`entries.jsonl` holds a line for each leaf, its canonical bytes (ciphertext and pseudonyms, never a
name); `checkpoint` the signed head of the tree over them; `key` the verifier key of the signature.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from eventsourcing.persistence import StoredEvent

from shared.runtime.mapper import envelope
from shared.runtime.recorders import Run
from shared.runtime.store import Row, Store
from shared.trust.merkle import Tree, grown
from shared.trust.notes import Checkpoint, Verifier, sign

FILES = ("checkpoint", "entries.jsonl", "key")
_BATCH = 2_000
_LEAVES = (
    "SELECT a.idx, a.hash, a.stream, a.version, a.entry, e.topic, e.state FROM audit a"
    " LEFT JOIN stored_events e"
    " ON e.originator_id = a.stream AND e.originator_version = a.version"
    " WHERE a.idx >= ? AND a.idx < ? ORDER BY a.idx"
)


class NotEmpty(Exception):
    """There is something in the directory already: an export never mixes with another."""


def origin_of(service: str) -> str:
    """The name of a service's log and of the key that signs it."""
    return f"staffetta/{service}"


def signing_key_of(store: Store) -> Ed25519PrivateKey:
    """The key that signs the checkpoints of a store; it is of the service, like its other keys."""
    return Ed25519PrivateKey.from_private_bytes(store.keys.secret("checkpoints"))


def export(store: Store, directory: Path, progress: Callable[[int, int], None]) -> int:
    """Write the three files under `directory`/SERVICE, mode 0600; returns the number of leaves.

    All of it as of one moment, also while the service writes. Raises `NotEmpty`.
    """
    place = directory / store.service.name
    if place.exists() and any(place.iterdir()):
        raise NotEmpty(str(place))
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    with store.reading() as run, _private(place / "entries.jsonl") as entries:
        size = run("SELECT size FROM audit_head WHERE id = 1")[0]["size"]
        tree = Tree()
        for rows in _batches(run, size):
            entries.writelines(_line(store, row) for row in rows)
            tree = grown(tree, (bytes(row["hash"]) for row in rows))
            progress(tree.size, size)
    name, key = origin_of(store.service.name), signing_key_of(store)
    with _private(place / "checkpoint") as file:
        file.write(sign(Checkpoint(name, tree.size, tree.root), name, key).encode())
    with _private(place / "key") as file:
        file.write(f"{Verifier(name, key.public_key().public_bytes_raw())}\n".encode())
    return tree.size


def _batches(run: Run, size: int) -> Iterator[list[Row]]:
    for begin in range(0, size, _BATCH):
        yield list(run(_LEAVES, (begin, min(begin + _BATCH, size))))


def _line(store: Store, row: Row) -> bytes:
    if row["entry"] is not None:
        return str(row["entry"]).encode() + b"\n"
    stored = StoredEvent(row["stream"], row["version"], row["topic"], bytes(row["state"]))
    return envelope(store.service.name, stored) + b"\n"


def _private(file: Path) -> BinaryIO:
    return os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
