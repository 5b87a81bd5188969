"""The tree against values of Go's golang.org/x/mod/sumdb/tlog, and against the RFC's recursion."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.trust.merkle import Tree, grown, leaf_hash, node_hash

ENTRIES = [
    bytes.fromhex(entry)
    for entry in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
# Printed by tlog.TreeHash for the first one, two, three, … of them.
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def by_the_book(leaves: list[bytes]) -> bytes:
    """MTH as RFC 6962, 2.1 writes it: split at the largest power of two below the size."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return node_hash(by_the_book(leaves[:split]), by_the_book(leaves[split:]))


@pytest.mark.parametrize("size", range(1, 9))
def test_the_root_is_that_of_another_implementation(size: int) -> None:
    tree = grown(Tree(), map(leaf_hash, ENTRIES[:size]))
    assert (tree.size, tree.root.hex()) == (size, ROOTS[size - 1])


def test_of_no_leaves_it_is_the_hash_of_nothing() -> None:
    assert Tree().root == hashlib.sha256(b"").digest()


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=70), st.integers(0, 70))
def test_grown_in_parts_it_is_the_tree_of_the_book(leaves: list[bytes], cut: int) -> None:
    tree = grown(grown(Tree(), leaves[:cut]), leaves[cut:])
    assert (tree.size, tree.root) == (len(leaves), by_the_book(leaves))
    assert len(tree.peaks) == tree.size.bit_count()
