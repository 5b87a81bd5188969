"""Services that witness each other: they cosign what only grew, and nothing else. Both stores."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from shared.runtime.checkpoints import (
    KEPT,
    best_cosigned,
    checkpoint,
    generation_of,
    origin_of,
    sign_head,
    signing_key_of,
    verifier_for,
    witnesses_of,
)
from shared.runtime.facts import Refused
from shared.runtime.hold import Held
from shared.runtime.looking import StoreHearer, Watch
from shared.runtime.regaining import accept
from shared.runtime.seen_logs import keep_in, kept_of
from shared.runtime.store import Store
from shared.runtime.tree import fill, hashes, nodes, root_at, size_of
from shared.runtime.witnessing import Found, StoreLog, StoreMemory, witness
from shared.trust.cosigning import cosigned, cosigner
from shared.trust.merkle import Tree, grown
from shared.trust.notes import Checkpoint, opened, sign
from shared.trust.proofs import root
from shared.trust.tiles import FULL, Tile
from tests.support.asking import by, request
from tests.support.bookings import SERVICE
from tests.support.stores import open_store
from tests.wire.test_looking import Elsewhere, nothing

AT = 1_772_000_000


@pytest.fixture
def other(kind: str, tmp_path: Path) -> Iterator[Store]:
    """A second service, the witness."""
    (tmp_path / "other").mkdir()
    store = open_store(kind, replace(SERVICE, name="other"), tmp_path / "other")
    yield store
    store.close()


def looked(other: Store, store: Store) -> Found:
    return witness(StoreMemory(other), StoreLog(store, "other"), lambda: AT)


def grew(store: Store, *names: str) -> None:
    for name in names:
        request(store, name)
    sign_head(store)


def rolled_back(store: Store, size: int) -> None:
    """As a backup of then has it."""
    with store.transaction(commit=True) as run:
        run("DELETE FROM audit WHERE idx >= ?", (size,))
        run("UPDATE audit_head SET size = ?", (size,))
        run("DELETE FROM checkpoints WHERE size > ?", (size,))
        run("DELETE FROM cosignatures WHERE size > ?", (size,))


def leaves(store: Store) -> list[bytes]:
    return [bytes(row["hash"]) for row in store.rows("SELECT hash FROM audit ORDER BY idx")]


def test_a_log_that_grew_is_cosigned_and_the_cosignature_kept_by_both(
    store: Store, other: Store
) -> None:
    assert looked(other, store) is Found.NOTHING_NEW
    grew(store, "booking-1")
    assert looked(other, store) is Found.COSIGNED
    assert looked(other, store) is Found.NOTHING_NEW
    grew(store, "booking-2", "booking-3")
    assert looked(other, store) is Found.COSIGNED
    last, kept = checkpoint(store), kept_of(other, store.service.name)
    assert last is not None
    assert kept is not None
    memory = StoreMemory(other)
    assert last == (size_of(store), kept.note), "its own signature, and the witness's"
    assert cosigned(last[1], cosigner(memory.name, memory.signing)) == AT
    assert witnesses_of(store) == [cosigner(memory.name, memory.signing)]
    assert best_cosigned(store, 1) == last[1]
    assert opened(last[1], verifier_for(store)).root == grown(Tree(), leaves(store)).root


def test_a_cosignature_that_did_not_arrive_is_given_again(store: Store, other: Store) -> None:
    grew(store, "booking-1")
    looked(other, store)
    with store.transaction(commit=True) as run:
        run("DELETE FROM cosignatures")
    assert looked(other, store) is Found.COSIGNED
    assert best_cosigned(store, 1) is not None


def test_a_log_that_forgot_is_not_cosigned_and_told_so(store: Store, other: Store) -> None:
    grew(store, "booking-1", "booking-2")
    looked(other, store)
    seen = kept_of(other, store.service.name)
    rolled_back(store, 1)
    sign_head(store)
    assert looked(other, store) is Found.SHORTER
    assert store.rows("SELECT * FROM cosignatures") == []
    assert kept_of(other, store.service.name) == seen
    assert Watch(store, []).look() is not None, "what it had signed itself was shown to it"


def test_a_log_that_was_rewritten_is_not_cosigned(store: Store, other: Store) -> None:
    grew(store, "booking-1", "booking-2")
    looked(other, store)
    with store.transaction(commit=True) as run:
        run("UPDATE audit SET hash = ? WHERE idx = 0", (b"\x07" * 32,))
    grew(store, "booking-3")
    assert looked(other, store) is Found.FORKED


def test_another_tree_of_the_same_size_is_a_fork(store: Store, other: Store) -> None:
    grew(store, "booking-1")
    looked(other, store)
    origin = origin_of(store.service.name)
    forged = sign(Checkpoint(origin, size_of(store), 32 * b"\x01"), origin, signing_key_of(store))
    with store.transaction(commit=True) as run:
        run("UPDATE checkpoints SET note = ?", (forged,))
    assert looked(other, store) is Found.FORKED


def test_a_checkpoint_of_another_key_is_not_cosigned(store: Store, other: Store) -> None:
    grew(store, "booking-1")
    looked(other, store)
    with other.transaction(commit=True) as run:
        run("UPDATE logs SET key = ?", ("00" * 32,))
    grew(store, "booking-2")
    assert looked(other, store) is Found.UNSIGNED


def test_an_older_store_is_held_until_it_reaches_what_its_witnesses_saw(
    store: Store, other: Store
) -> None:
    grew(store, "booking-1", "booking-2")
    later = (leaves(store), store.rows("SELECT * FROM audit ORDER BY idx"))
    looked(other, store)
    rolled_back(store, 1)
    watch = Watch(store, [StoreHearer(other)])
    hold = watch.look()
    assert hold is not None
    assert hold.log == (1, len(later[0]))
    assert "the audit log, of 1, does not continue" in hold.words
    with pytest.raises(Held):
        request(store, "booking-3")
    sign_head(store)
    assert checkpoint(store) is None, "nothing is signed while it is in doubt"
    with store.transaction(commit=True) as run:
        for row in later[1][1:]:
            run("INSERT INTO audit VALUES (?, ?, ?, ?, ?)", tuple(row.values()))
        run("UPDATE audit_head SET size = ?", (len(later[0]),))
    assert watch.look() is None
    request(store, "booking-3")


def test_a_log_that_reached_the_size_with_other_entries_stays_held(
    store: Store, other: Store
) -> None:
    grew(store, "booking-1")
    looked(other, store)
    with store.transaction(commit=True) as run:
        run("UPDATE audit SET hash = ? WHERE idx = 0", (b"\x07" * 32,))
    assert Watch(store, [StoreHearer(other)]).look() is not None


def test_what_it_never_signed_nobody_can_have_seen(store: Store, other: Store) -> None:
    grew(store, "booking-1")
    looked(other, store)
    seen = kept_of(other, store.service.name)
    assert seen is not None
    more = seen.note.replace(f"\n{seen.size}\n", f"\n{seen.size + 5}\n")
    claimed = Elsewhere(log=replace(seen, size=seen.size + 5, note=more))
    assert Watch(store, [claimed]).look() is None
    request(store, "booking-2")


def test_an_accepted_loss_begins_a_generation_that_is_cosigned_again(
    store: Store, other: Store
) -> None:
    grew(store, "booking-1", "booking-2")
    looked(other, store)
    rolled_back(store, 1)
    hearers = [StoreHearer(other)]
    watch = Watch(store, hearers)
    watch.look()
    accept(store, hearers, "a disk broke", by(), nothing)
    assert watch.look() is None
    (row,) = store.rows("SELECT entry FROM audit ORDER BY idx DESC LIMIT 1")
    assert '"kind":"loss","lanes":[],"log":[1,2]' in row["entry"]
    grew(store, "booking-9")
    assert looked(other, store) is Found.COSIGNED
    last = checkpoint(store)
    assert last is not None
    assert opened(last[1], verifier_for(store)).origin == origin_of(store.service.name, 2)
    notes = other.rows("SELECT origin FROM witnessed ORDER BY generation")
    assert [row["origin"] for row in notes] == [
        origin_of(store.service.name),
        origin_of(store.service.name, 2),
    ], "what was lost stays known"


def test_a_loss_of_the_log_is_not_accepted_while_somebody_was_not_asked(
    store: Store, other: Store
) -> None:
    grew(store, "booking-1")
    looked(other, store)
    rolled_back(store, 0)
    away = StoreHearer(other)
    away.seen = None  # type: ignore[assignment,method-assign]  # whoever asks it gets no answer
    with pytest.raises(Refused) as refused:
        accept(store, [away], "a disk broke", by(), nothing)
    assert refused.value.rule == "everybody-is-asked-before-a-loss-is-accepted"


def many(store: Store, count: int) -> None:
    with store.transaction(commit=True) as run:
        for index in range(count):
            leaf = index.to_bytes(32, "big")
            run("INSERT INTO audit VALUES (?, ?, ?, ?, ?)", (index, leaf, "s", None, "{}"))
        run("UPDATE audit_head SET size = ?", (count,))


def test_the_tree_is_kept_in_tiles_and_filled_in_parts(store: Store) -> None:
    many(store, 1_000)
    for size in (1, 255, 256, 700, 1_000, 512):
        assert root_at(store, size) == grown(Tree(), leaves(store)[:size]).root
    fill(store, 1_000)
    assert store.rows("SELECT COUNT(*) AS count FROM audit_nodes") == [{"count": 3}]
    assert root(1_000, nodes(store, 1_000)) == grown(Tree(), leaves(store)).root
    assert hashes(store, Tile(0, 3, 1_000 - 3 * FULL)) == b"".join(leaves(store)[3 * FULL :])
    assert len(hashes(store, Tile(1, 0, 3))) == 3 * 32


def test_only_the_last_checkpoints_are_kept(store: Store) -> None:
    many(store, KEPT + 5)
    for size in range(1, KEPT + 6):
        with store.transaction(commit=True) as run:
            run("UPDATE audit_head SET size = ?", (size,))
        sign_head(store)
    (row,) = store.rows("SELECT COUNT(*) AS count, MIN(size) AS oldest FROM checkpoints")
    assert (row["count"], row["oldest"]) == (KEPT, 6)


def test_a_log_that_went_back_behind_an_accepted_loss_is_noticed(
    store: Store, other: Store
) -> None:
    grew(store, "booking-1", "booking-2")
    looked(other, store)
    rolled_back(store, 1)
    hearers = [StoreHearer(other)]
    accept(store, hearers, "a disk broke", by(), nothing)
    grew(store, "booking-3", "booking-4")
    assert looked(other, store) is Found.COSIGNED
    with store.transaction(commit=True) as run:
        run("DELETE FROM audit_generations")
        run("DELETE FROM checkpoints")
    sign_head(store)
    assert looked(other, store) is Found.SHORTER
    assert Watch(store, hearers).look() is not None
    accept(store, hearers, "a disk broke again", by(), nothing)
    assert generation_of(store) == 3, "one that nobody has seen"


def test_two_processes_of_one_witness_do_not_undo_each_other(store: Store, other: Store) -> None:
    grew(store, "booking-1")
    looked(other, store)
    before = kept_of(other, store.service.name)
    grew(store, "booking-2")
    looked(other, store)
    now = kept_of(other, store.service.name)
    assert before is not None
    assert now is not None
    assert not keep_in(other, store.service.name, before, before)
    assert not keep_in(other, store.service.name, None, before)
    assert kept_of(other, store.service.name) == now
