"""Everything that a stranger needs to verify a service's audit log, in seven files.

`entries.jsonl` holds a line for each leaf, its canonical bytes (ciphertext and pseudonyms, never a
name); `checkpoint` the signed head of the tree over them; `key` the verifier key of its signature;
`cosigned` the last checkpoint that witnesses cosigned; `policy` who they are, and how many it
takes; `kept.jsonl` the checkpoints that this service keeps as a witness of others; `manifest`,
signed, what the other files are.
"""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from shared.runtime.checkpoints import best_cosigned, signing_key_of, verifier_for, witnesses_of
from shared.runtime.entries import leaves
from shared.runtime.seen_logs import all_kept
from shared.runtime.store import Store
from shared.trust.merkle import Tree, canonical, grown
from shared.trust.notes import Checkpoint, sign
from staffetta.audit.manifest import NAME, write_manifest
from staffetta.audit.one_log import OWNER
from staffetta.audit.policy import Policy
from staffetta.four import FOUR

QUORUM = 2
"""Of the three other services; an outside agency may be one of the two."""
Show = Callable[[int, int], None]
_SERVICES = {part.name for part in FOUR}


class NotEmpty(Exception):
    """There is something in the directory already: an export never mixes with another."""


def export(
    stores: Mapping[str, Store],
    directory: Path,
    at: Callable[[], int],
    shown: Callable[[str], Show],
    quorum: int = QUORUM,
) -> dict[str, int]:
    """Write the files of each service under `directory`/SERVICE, mode 0600; gives the number of
    leaves of each. Each log is as of one moment, also while its service writes. Raises `NotEmpty`.
    """
    if directory.is_dir() and {each.name for each in directory.iterdir()} - _SERVICES:
        # It would be part of the export, and no check of it could pass.
        raise NotEmpty(str(directory))
    for name in stores:
        place = directory / name
        if place.exists() and any(place.iterdir()):
            raise NotEmpty(str(place))
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
    # The moment, and what is kept of others, before any log: so that nobody had seen more of one
    # by then than is exported of it.
    moment = at()
    for name, store in stores.items():
        _write(directory / name / "kept.jsonl", _kept(store))
    # The log of who gives consents last: whatever others had heard of one is then in it.
    in_turn = sorted(stores, key=lambda name: name == OWNER)
    sizes = {name: _log(stores[name], directory / name, quorum, shown(name)) for name in in_turn}
    for name, store in stores.items():
        origin, key = verifier_for(store).name, signing_key_of(store)
        manifest = write_manifest(directory / name, origin, moment, sorted(stores), key)
        _write(directory / name / NAME, manifest)
    return sizes


def _log(store: Store, place: Path, quorum: int, show: Show) -> int:
    """A service's entries, and what is said of them."""
    key, witnesses = verifier_for(store), witnesses_of(store)
    cosigned = best_cosigned(store, quorum) or ""
    tree = _entries(store, place / "entries.jsonl", show)
    head = sign(Checkpoint(key.name, tree.size, tree.root), key.name, signing_key_of(store))
    _write(place / "checkpoint", head.encode())
    _write(place / "cosigned", cosigned.encode())
    _write(place / "key", f"{key}\n".encode())
    _write(place / "policy", str(Policy(key, witnesses, quorum)).encode())
    return tree.size


def _entries(store: Store, file: Path, show: Show) -> Tree:
    tree = Tree()
    with store.reading() as run, os.fdopen(_private(file), "wb") as entries:
        size = run("SELECT size FROM audit_head WHERE id = 1")[0]["size"]
        for batch in leaves(store, run, size):
            entries.writelines(entry + b"\n" for entry, _hash in batch)
            tree = grown(tree, (leaf for _entry, leaf in batch))
            show(tree.size, size)
    return tree


def _kept(store: Store) -> bytes:
    told = [{"service": service, "note": note} for service, note in all_kept(store)]
    return b"".join(canonical(each) + b"\n" for each in told)


def _write(file: Path, told: bytes) -> None:
    with os.fdopen(_private(file), "wb") as opened:
        opened.write(told)


def _private(file: Path) -> int:
    return os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
