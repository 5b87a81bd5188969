"""Services that witness each other: they cosign what only grew, and nothing else. Both stores."""

from dataclasses import replace

import pytest

from shared.runtime.checkpoints import (
    best_cosigned,
    checkpoint,
    origin_of,
    sign_head,
    signing_key_of,
    verifier_for,
    witnesses_of,
)
from shared.runtime.hold import Held
from shared.runtime.looking import StoreHearer, Watch
from shared.runtime.seen_logs import keep_in, kept_of
from shared.runtime.store import Store
from shared.runtime.tree import size_of
from shared.runtime.witnessing import Found, StoreMemory
from shared.trust.cosigning import cosigned, cosigner
from shared.trust.merkle import Tree, grown
from shared.trust.notes import Checkpoint, opened, sign
from tests.support.asking import request
from tests.wire.test_looking import Elsewhere
from tests.wire.witnesses import AT, grew, leaves, looked, rolled_back


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


def test_a_log_that_forgot_all_is_not_taken_for_a_new_one(store: Store, other: Store) -> None:
    grew(store, "booking-1")
    looked(other, store)
    rolled_back(store, 0)
    assert looked(other, store) is Found.SHORTER
    assert Watch(store, []).look() is not None
