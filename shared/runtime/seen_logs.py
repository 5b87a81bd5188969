"""What a service saw of audit logs: of the others as their witness, and of its own, where a witness
from outside showed what it had signed before it forgot."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.runtime.checkpoints import generation_of, origin_of, signing_key_of
from shared.runtime.store import Row, Store
from shared.runtime.tree import root_at, size_of
from shared.trust.notes import NotANote, Verifier, checkpoint_of, opened, parts_of


@dataclass(frozen=True)
class Kept:
    """A checkpoint that was seen, and the note as it was kept."""

    generation: int
    size: int
    root: bytes
    note: str


def generation_in(origin: str, service: str) -> int:
    """Which generation of a service's log this origin names. Raises `NotANote`."""
    told = origin.removeprefix(origin_of(service))
    generation = int(told[1:]) if told[:1] == "/" and told[1:].isdecimal() else 1
    if origin != origin_of(service, generation):
        raise NotANote("the checkpoint is that of another log")
    return generation


def kept_in(note: str, service: str) -> Kept:
    """A note of a service's log as it is kept; its signature was checked. Raises `NotANote`."""
    seen = checkpoint_of(parts_of(note)[0])
    return Kept(generation_in(seen.origin, service), seen.size, seen.root, note)


def kept_of(store: Store, service: str) -> Kept | None:
    """What this store saw last of a service's log."""
    rows = _rows(store, service)
    return kept_in(rows[0]["note"], service) if rows else None


def all_kept(store: Store) -> list[tuple[str, str]]:
    """Every (service, note) that this store keeps of other services' logs, also of generations
    that are over."""
    rows = store.rows("SELECT service, note FROM witnessed ORDER BY service, generation")
    return [(row["service"], row["note"]) for row in rows if row["service"] != store.service.name]


def keep_in(store: Store, service: str, before: Kept | None, now: Kept) -> bool:
    """Keep what was seen now in the place of what was seen before; False where another process
    of this witness kept something else meanwhile."""
    origin = origin_of(service, now.generation)
    with store.transaction(commit=True) as run:
        if before is None or before.generation < now.generation:
            kept = run(
                "INSERT INTO witnessed VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
                " RETURNING size",
                (origin, service, now.generation, now.size, now.note),
            )
        else:
            kept = run(
                "UPDATE witnessed SET size = ?, note = ? WHERE origin = ? AND size = ?"
                " RETURNING size",
                (now.size, now.note, origin, before.size),
            )
    return bool(kept)


def keep_shown(store: Store, note: str) -> bool:
    """Keep a checkpoint of this service's own log that somebody else had kept; whether it says
    more than the log does now. Raises `NotANote` where it is not signed by this service."""
    service = store.service.name
    shown = kept_in(note, service)
    _signed_here(store, shown)
    if contradicted(store, shown) is None:
        return False
    before = kept_of(store, service)
    if before is None or (before.generation, before.size) < (shown.generation, shown.size):
        keep_in(store, service, before, shown)
    return True


def contradicted(store: Store, seen: Kept) -> tuple[int, int] | None:
    """This log's size and the one that was seen, where it does not continue what was seen. A
    generation that is over was settled when it ended."""
    generation = generation_of(store)
    if seen.generation < generation:
        return None
    size = size_of(store)
    if seen.generation == generation and seen.size <= size:
        return None if root_at(store, seen.size) == seen.root else (size, seen.size)
    return size, seen.size


def first_contradicted(store: Store, told: Sequence[Kept]) -> tuple[int, int] | None:
    """The widest gap between what is here and what was seen. What this service never signed
    nobody can have seen."""
    own = kept_of(store, store.service.name)
    ours = [each for each in [*told, *([own] if own else [])] if _is_ours(store, each)]
    found = [contradicted(store, each) for each in ours]
    return max(filter(None, found), key=lambda gap: gap[1], default=None)


def next_generation(store: Store, told: Sequence[Kept]) -> int:
    """One that nobody has seen."""
    own = kept_of(store, store.service.name)
    seen = [each.generation for each in [*told, *([own] if own else [])]]
    return max([generation_of(store), *seen]) + 1


def _is_ours(store: Store, seen: Kept) -> bool:
    try:
        _signed_here(store, seen)
    except NotANote:
        return False
    return True


def _signed_here(store: Store, seen: Kept) -> None:
    key = signing_key_of(store).public_key().public_bytes_raw()
    opened(seen.note, Verifier(origin_of(store.service.name, seen.generation), key))


def _rows(store: Store, service: str) -> Sequence[Row]:
    return store.rows(
        "SELECT note FROM witnessed WHERE service = ? ORDER BY generation DESC LIMIT 1", (service,)
    )
