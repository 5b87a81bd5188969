"""Services that watch each other's audit logs, and cosign only what continues what they saw."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.runtime.checkpoints import (
    checkpoint,
    sign_head,
    take_cosignature,
    verifier_for,
)
from shared.runtime.log import log
from shared.runtime.seen_logs import Kept, keep_in, keep_shown, kept_in, kept_of
from shared.runtime.store import Store
from shared.runtime.tree import fill, nodes
from shared.trust.cosigning import cosign, cosigned, cosigner
from shared.trust.notes import NotANote, Verifier, opened, parts_of, signature_in
from shared.trust.proofs import Node, consistency, continues

EVERY_SECONDS = 10.0
Seconds = Callable[[], int]


class Found(StrEnum):
    """What a witness found when it looked at a log."""

    COSIGNED = "cosigned"
    NOTHING_NEW = "nothing new"
    SHORTER = "it is shorter than what was seen before"
    FORKED = "it does not continue what was seen before"
    UNSIGNED = "its checkpoint is not signed by the key that is known"


class Watched(Protocol):
    """A log that is watched: in the same process, or over HTTP."""

    @property
    def service(self) -> str: ...

    def key(self) -> Verifier: ...

    def checkpoint(self) -> str | None: ...

    def nodes(self, size: int) -> Node: ...

    def take(self, size: int, line: str, witness: Verifier) -> None:
        """Keep the witness's line with the checkpoint of that size."""
        ...

    def show(self, note: str) -> None:
        """A checkpoint that it signed once, and that it does not continue."""
        ...


class Memory(Protocol):
    """What a witness keeps, and under which name it cosigns."""

    name: str
    signing: Ed25519PrivateKey

    def key_of(self, service: str, told: Verifier) -> bytes:
        """The log's public key; at first sight the one that is told."""
        ...

    def kept(self, service: str) -> Kept | None:
        """What was seen last of a service's log."""
        ...

    def keep(self, service: str, before: Kept | None, now: Kept) -> bool:
        """Durable before the cosignature is given away. False where another process of the same
        witness kept something else meanwhile."""
        ...


def witness(memory: Memory, watched: Watched, now: Seconds) -> Found:
    """Look at a log once, and cosign what it says where it only grew. Raises `NotAWitness` where
    the log does not take the cosignature."""
    note, before = watched.checkpoint(), memory.kept(watched.service)
    if note is None:
        return _gone(watched, before)
    told = watched.key()
    key = Verifier(told.name, memory.key_of(watched.service, told))
    try:
        opened(note, key)
        seen = kept_in(note, watched.service)
    except NotANote:
        return Found.UNSIGNED
    found = _compared(before, seen, watched)
    if found in {Found.SHORTER, Found.FORKED} and before:
        watched.show(before.note)
    elif found is Found.COSIGNED or not _is_cosigned(memory, note):
        now_seen = replace(seen, note=_signed_by(note, key))
        return _cosigned(memory, watched, before, now_seen, now())
    return found


def _gone(watched: Watched, before: Kept | None) -> Found:
    """A log without a checkpoint is new, or has forgotten all."""
    if before is None:
        return Found.NOTHING_NEW
    watched.show(before.note)
    return Found.SHORTER


def _cosigned(memory: Memory, watched: Watched, before: Kept | None, seen: Kept, at: int) -> Found:
    line = cosign(seen.note, memory.name, memory.signing, at)
    if not memory.keep(watched.service, before, replace(seen, note=f"{seen.note}{line}\n")):
        return Found.NOTHING_NEW
    watched.take(seen.size, line, cosigner(memory.name, memory.signing))
    return Found.COSIGNED


def _is_cosigned(memory: Memory, note: str) -> bool:
    try:
        return cosigned(note, cosigner(memory.name, memory.signing)) is not None
    except NotANote:
        return False


def _signed_by(note: str, key: Verifier) -> str:
    """The note with the log's own signature alone: what others add is not ours to vouch for."""
    text, lines = parts_of(note)
    own = [line for line in lines if signature_in(line, key) is not None]
    return "\n".join([text, *own]) + "\n"


def _compared(before: Kept | None, seen: Kept, watched: Watched) -> Found:
    if before is None or seen.generation > before.generation:
        return Found.COSIGNED
    if seen.generation < before.generation or seen.size < before.size:
        return Found.SHORTER
    if seen.size == before.size:
        return Found.NOTHING_NEW if seen.root == before.root else Found.FORKED
    try:
        proof = consistency(before.size, seen.size, watched.nodes(seen.size))
    except ValueError:
        return Found.FORKED
    grew = continues(before.size, before.root, seen.size, seen.root, proof)
    return Found.COSIGNED if grew else Found.FORKED


@dataclass(frozen=True)
class StoreLog:
    """The log of a store of this process."""

    store: Store
    witness: str

    @property
    def service(self) -> str:
        return self.store.service.name

    def key(self) -> Verifier:
        return verifier_for(self.store)

    def checkpoint(self) -> str | None:
        last = checkpoint(self.store)
        return last[1] if last else None

    def nodes(self, size: int) -> Node:
        fill(self.store, size)
        return nodes(self.store, size)

    def take(self, size: int, line: str, witness: Verifier) -> None:
        take_cosignature(self.store, size, line, str(witness), self.witness)

    def show(self, note: str) -> None:
        keep_shown(self.store, note)


class StoreMemory:
    """A service as a witness: what it saw stands in its own store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.name = f"staffetta/{store.service.name}/witness"
        self.signing = Ed25519PrivateKey.from_private_bytes(store.keys.secret("witness"))

    def key_of(self, service: str, told: Verifier) -> bytes:
        with self._store.transaction(commit=True) as run:
            run("INSERT INTO logs VALUES (?, ?) ON CONFLICT DO NOTHING", (service, told.key.hex()))
        rows = self._store.rows("SELECT key FROM logs WHERE service = ?", (service,))
        return bytes.fromhex(rows[0]["key"])

    def kept(self, service: str) -> Kept | None:
        return kept_of(self._store, service)

    def keep(self, service: str, before: Kept | None, now: Kept) -> bool:
        return keep_in(self._store, service, before, now)


def turn(store: Store, watched: Sequence[Watched], now: Seconds) -> None:
    """Sign what was written here, then look at the others. Who does not answer, or says what
    cannot be, is told of in the log and asked again next time."""
    sign_head(store)
    memory = StoreMemory(store)
    for each in watched:
        try:
            found = witness(memory, each, now)
        except Exception as fault:  # whatever one of them did, the others are looked at
            _say(store, each, type(fault).__name__)
            continue
        if found not in {Found.COSIGNED, Found.NOTHING_NEW}:
            _say(store, each, found.name)


def _say(store: Store, watched: Watched, what: str) -> None:
    log().error("witness", service=store.service.name, sender=watched.service, error=what)


def witness_until(
    ending: threading.Event,
    turns: Sequence[tuple[Store, Sequence[Watched]]],
    now: Seconds,
    every: float = EVERY_SECONDS,
) -> None:
    """Turn after turn; first all sign, so that each is cosigned in the same round."""
    while not ending.is_set():
        for store, _watched in turns:
            _turned(store, (), now)
        for store, watched in turns:
            _turned(store, watched, now)
        ending.wait(every)


def _turned(store: Store, watched: Sequence[Watched], now: Seconds) -> None:
    try:
        turn(store, watched, now)
    except Exception as fault:  # whatever it was, the next turn is due
        log().error("witness", service=store.service.name, error=type(fault).__name__)
