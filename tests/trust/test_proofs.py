"""Proofs, tiles and cosignatures against Go's golang.org/x/mod/sumdb/tlog and
github.com/transparency-dev/formats/note, and against what must not pass."""

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from shared.trust.cosigning import cosign, cosigned, cosigner
from shared.trust.merkle import Tree, grown, leaf_hash
from shared.trust.notes import COSIGNATURE, NotANote, sign, verifier_of
from shared.trust.proofs import Node, consistency, continues, includes, inclusion, root
from shared.trust.tiles import FULL, Tile, folded, nodes_of, tile_at
from tests.trust.test_notes import CHECKPOINT, KEY, NOTE
from tests.trust.test_tree import by_the_book

# Printed by tlog.TreeHash, ProveRecord and ProveTree over "entry 0", "entry 1", …: `old` is the
# leaf's number, or the older tree's size.
VECTORS = json.loads((Path(__file__).parent / "tlog.json").read_text())
LEAVES = [leaf_hash(b"entry %d" % number) for number in range(700)]


def tiles(size: int) -> Node:
    """The tree's nodes, out of tiles as a server has them."""

    def fetch(tile: Tile) -> bytes:
        assert tile.within(size)
        row = LEAVES[:size]
        for _level in range(tile.level):
            row = [folded(row[at : at + FULL]) for at in range(0, len(row) - FULL + 1, FULL)]
        begin = tile.index * FULL
        return b"".join(row[begin : begin + tile.width])

    return nodes_of(size, fetch)


@pytest.mark.parametrize("size", sorted(map(int, VECTORS["roots"])))
def test_the_root_out_of_tiles_is_that_of_another_implementation(size: int) -> None:
    assert root(size, tiles(size)).hex() == VECTORS["roots"][str(size)]
    assert root(size, tiles(size)) == by_the_book(LEAVES[:size])


@pytest.mark.parametrize("told", VECTORS["inclusion"], ids=lambda t: f"{t['old']}-{t['new']}")
def test_a_proof_of_inclusion_is_that_of_another_implementation(told: dict[str, Any]) -> None:
    index, size = told["old"], told["new"]
    path = inclusion(index, size, tiles(size))
    assert [step.hex() for step in path] == told["proof"]
    head = bytes.fromhex(VECTORS["roots"][str(size)])
    assert includes(LEAVES[index], index, size, path, head)


@pytest.mark.parametrize("told", VECTORS["consistency"], ids=lambda t: f"{t['old']}-{t['new']}")
def test_a_proof_of_growth_is_that_of_another_implementation(told: dict[str, Any]) -> None:
    old, new = told["old"], told["new"]
    proof = consistency(old, new, tiles(new))
    assert [step.hex() for step in proof] == told["proof"]
    head = bytes.fromhex(VECTORS["roots"][str(new)])
    assert continues(old, by_the_book(LEAVES[:old]), new, head, proof)


@given(st.data(), st.integers(1, 300))
def test_every_entry_is_proven_and_no_other_in_its_place(data: st.DataObject, size: int) -> None:
    index = data.draw(st.integers(0, size - 1))
    head, path = by_the_book(LEAVES[:size]), inclusion(index, size, tiles(size))
    assert includes(LEAVES[index], index, size, path, head)
    other = data.draw(st.integers(0, size - 1))
    assert includes(LEAVES[other], index, size, path, head) == (other == index)
    assert includes(LEAVES[index], other, size, path, head) == (other == index)
    assert not includes(LEAVES[index], index, size, [*path, head], head)
    assert not path or not includes(LEAVES[index], index, size, path[:-1], head)
    assert not includes(LEAVES[index], size, size, path, head)


@given(st.data(), st.integers(1, 300))
def test_growth_is_proven_and_a_fork_is_not(data: st.DataObject, new: int) -> None:
    old = data.draw(st.integers(0, new))
    now, proof = by_the_book(LEAVES[:new]), consistency(old, new, tiles(new))
    then = by_the_book(LEAVES[:old])
    assert continues(old, then, new, now, proof)
    assert not continues(old, leaf_hash(then), new, now, proof)
    assert not continues(old, then, new, now, [*proof, now])
    if 0 < old < new:
        forked = [*LEAVES[: old - 1], leaf_hash(b"another")]
        assert not continues(old, by_the_book(forked), new, now, proof)
        assert not continues(old, then, new, leaf_hash(now), proof)
        assert not continues(old, then, new, now, proof[:-1])
        assert not continues(new, now, old, then, proof)


def test_a_tree_has_no_proof_of_what_it_has_not() -> None:
    for index in (-1, 8):
        with pytest.raises(ValueError, match="no such leaf"):
            inclusion(index, 8, tiles(8))
    for old in (-1, 9):
        with pytest.raises(ValueError, match="does not shrink"):
            consistency(old, 8, tiles(8))


@pytest.mark.parametrize(
    ("tile", "place"),
    [
        (Tile(0, 0), "0/000"),
        (Tile(0, 1_234_067), "0/x001/x234/067"),
        (Tile(1, 5, 3), "1/005.p/3"),
        (Tile(2, 1_000, 17), "2/x001/000.p/17"),
    ],
)
def test_a_tile_is_named_as_another_implementation_names_it(tile: Tile, place: str) -> None:
    assert tile.place == place
    assert tile_at(tile.level, place.partition("/")[2]) == tile


@pytest.mark.parametrize(
    "place", ["", "1", "0000", "x000/001", "001/002", "000.p/0", "000.p/256", "000.p/07", "../000"]
)
def test_what_names_no_tile_is_none(place: str) -> None:
    assert tile_at(0, place) is None


def test_a_tile_of_another_width_is_refused() -> None:
    with pytest.raises(ValueError, match="another width"):
        root(8, nodes_of(8, lambda _tile: b"\x00" * 31))


COSIGNED = (
    f"{CHECKPOINT}\n— witness.example/w1 JLXZ/gAAAABrC2xAXZ9XoH9A7CQ5odqM1Ez8R0ds+8Y4560r0cYMopyHl"
    "+u/kQ21wZXPyY3chTFeDkx4NV7+R8CnVuqiji7+rJbTAw==\n"
)
WITNESS = Ed25519PrivateKey.from_private_bytes(32 * b"\x09")


def test_a_cosignature_is_to_the_letter_what_another_implementation_writes() -> None:
    by = cosigner("witness.example/w1", WITNESS)
    at = cosigned(COSIGNED, by)
    assert at == 0x6B0B6C40
    line = cosign(sign(CHECKPOINT, "staffetta.example/log", KEY), by.name, WITNESS, at)
    assert f"{CHECKPOINT}\n{line}\n" == COSIGNED
    assert cosigned(f"{NOTE}{line}\n", by) == at, "beside the log's own"
    assert cosigned(NOTE, by) is None
    assert verifier_of(str(by), COSIGNATURE) == by


@given(st.integers(0, len(COSIGNED.encode()) - 1), st.integers(1, 255))
def test_no_byte_of_a_cosignature_can_be_another(place: int, change: int) -> None:
    told = bytearray(COSIGNED.encode())
    told[place] ^= change
    try:
        found = cosigned(told.decode(), cosigner("witness.example/w1", WITNESS))
    except (NotANote, UnicodeDecodeError):
        return
    assert found is None


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=70))
def test_the_tree_that_grows_has_the_root_of_the_tree_in_tiles(leaves: list[bytes]) -> None:
    tree = grown(Tree(), leaves)
    node = nodes_of(len(leaves), lambda tile: b"".join(leaves[: tile.width]))
    assert root(len(leaves), node) == tree.root
