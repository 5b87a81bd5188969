"""An export of `identification`, to be doctored: by somebody with a pen, or with the key too."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared.runtime.store import Store
from shared.trust.merkle import Tree, canonical, grown, leaf_hash
from shared.trust.notes import Checkpoint, sign
from staffetta.audit.exporting import export, origin_of, signing_key_of
from staffetta.audit.verifying import Check, verify

Doctor = Callable[[list[dict[str, Any]]], object]


def unseen(_done: int, _total: int) -> None:
    """Nobody watches the progress."""


@dataclass(frozen=True)
class Exported:
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

    def failed(self, saved: Path | None = None) -> dict[str, list[str]]:
        """The checks that fail, with their faults."""
        checks: list[Check] = list(verify(self.directory, saved, unseen))
        return {check.what: list(check.faults) for check in checks if check.faults}


def exported(store: Store, directory: Path) -> Exported:
    export(store, directory, unseen)
    return Exported(directory, store)
