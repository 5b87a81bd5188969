"""The tree of a store's audit log, kept beside the appends; and its checkpoints. Both stores."""

from shared.runtime.checkpoints import KEPT, sign_head
from shared.runtime.store import Store
from shared.runtime.tree import fill, hashes, nodes, root_at
from shared.trust.merkle import Tree, grown
from shared.trust.proofs import root
from shared.trust.tiles import FULL, Tile
from tests.wire.witnesses import leaves


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
