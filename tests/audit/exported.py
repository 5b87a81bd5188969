"""An export, to be doctored: by somebody with a pen, or with the key too."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared.runtime.checkpoints import origin_of, signing_key_of
from shared.runtime.store import Store
from shared.runtime.witnessing import StoreLog, turn
from shared.trust.merkle import Tree, canonical, grown, leaf_hash
from shared.trust.notes import Checkpoint, sign
from staffetta.audit.checks import Terms
from staffetta.audit.exporting import export
from staffetta.audit.manifest import NAME, write_manifest
from staffetta.audit.verifying import verify

Doctor = Callable[[list[dict[str, Any]]], object]
AT = 1_772_000_000


def unseen(_done: int, _total: int) -> None:
    """Nobody watches the progress."""


@dataclass(frozen=True)
class Exported:
    """The export of one service, perhaps among others in the same directory."""

    directory: Path
    store: Store

    @property
    def place(self) -> Path:
        return self.directory / self.store.service.name

    def entries(self) -> list[dict[str, Any]]:
        lines = (self.place / "entries.jsonl").read_text().splitlines()
        return [json.loads(line) for line in lines]

    def doctored(self, doctor: Doctor) -> None:
        """Rewritten by whoever holds the database and the key: a tree and a signature that fit."""
        entries = self.entries()
        doctor(entries)
        lines = [canonical(entry) for entry in entries]
        (self.place / "entries.jsonl").write_bytes(b"".join(line + b"\n" for line in lines))
        tree = grown(Tree(), map(leaf_hash, lines))
        name = origin_of(self.store.service.name)
        note = sign(Checkpoint(name, tree.size, tree.root), name, signing_key_of(self.store))
        (self.place / "checkpoint").write_text(note)
        self.sealed()

    def sealed(self, at: int = AT, *, alone: bool = False) -> None:
        """Its manifest fits its files again."""
        beside = [place.name for place in self.directory.iterdir()]
        together = [self.store.service.name] if alone else beside
        origin, key = origin_of(self.store.service.name), signing_key_of(self.store)
        manifest = write_manifest(self.place, origin, at, sorted(together), key)
        (self.place / NAME).write_bytes(manifest)

    def failed(
        self, saved: Path | None = None, quorum: int | None = 0, witnesses: Sequence[Path] = ()
    ) -> dict[str, list[str]]:
        """The checks that fail, with their faults."""
        checks = list(verify(self.directory, Terms(saved, quorum, witnesses), unseen))
        return {check.what: list(check.faults) for check in checks if check.faults}


def exported(store: Store, directory: Path, *others: Store) -> Exported:
    """The export of a store, and of others beside it."""
    stores = {each.service.name: each for each in (store, *others)}
    export(stores, directory, lambda: AT, lambda _name: unseen)
    return Exported(directory, store)


def cosigned(stores: Iterable[Store], at: int = AT) -> None:
    """The services of one place look at each other's logs."""
    there = list(stores)
    for store in there:
        turn(store, (), lambda: at)
    for store in there:
        others = [StoreLog(each, store.service.name) for each in there if each is not store]
        turn(store, others, lambda: at)
