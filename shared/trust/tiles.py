"""The tree in tiles of up to 256 hashes, as C2SP tlog-tiles serves it: https://c2sp.org/tlog-tiles.

The tile `n` of level `l` holds the hashes of the full subtrees of `256 ** l` leaves, from number
`256 * n` on. At the right edge of a tree a tile is partial: its `width` says how many it holds.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from shared.trust.merkle import node_hash
from shared.trust.proofs import Node

HEIGHT = 8
FULL = 1 << HEIGHT
HASH = 32
_PLACE = re.compile(r"(?P<n>(?:x[0-9]{3}/)*[0-9]{3})(?:\.p/(?P<width>[1-9][0-9]{0,2}))?")
_MOST_DIGITS = 18


@dataclass(frozen=True)
class Tile:
    level: int
    index: int
    width: int = FULL

    @property
    def place(self) -> str:
        """Its name below `tile/`: the number in groups of three digits, all but the last with x."""
        groups, rest = [f"{self.index % 1000:03}"], self.index // 1000
        while rest:
            groups.insert(0, f"x{rest % 1000:03}")
            rest //= 1000
        partial = f".p/{self.width}" if self.width < FULL else ""
        return f"{self.level}/{'/'.join(groups)}{partial}"

    def within(self, size: int) -> bool:
        """Whether a tree of so many leaves has it."""
        whole = size >> (HEIGHT * self.level)
        return (self.index << HEIGHT) + self.width <= whole


def tile_at(level: int, place: str) -> Tile | None:
    """The tile of that place at a level; None where it is no name of one in its one spelling."""
    found = _PLACE.fullmatch(place)
    if found is None:
        return None
    digits = re.sub(r"[x/]", "", found["n"])
    width = int(found["width"] or FULL)
    tile = Tile(level, int(digits[-_MOST_DIGITS:]), width)
    return tile if tile.place == f"{level}/{place}" else None


def nodes_of(size: int, fetch: Callable[[Tile], bytes]) -> Node:
    """The full subtrees of a tree, out of its tiles; each tile is fetched once.

    Raises `ValueError` where a tile is shorter or longer than it must be.
    """

    @lru_cache(maxsize=1024)
    def hashes(level: int, index: int) -> bytes:
        whole = size >> (HEIGHT * level)
        tile = Tile(level, index, min(FULL, whole - (index << HEIGHT)))
        told = fetch(tile)
        if len(told) != tile.width * HASH:
            raise ValueError("a tile has another width than it must have")
        return told

    def node(level: int, index: int) -> bytes:
        high, low = divmod(level, HEIGHT)
        begin = index << low
        told = hashes(high, begin >> HEIGHT)
        first = begin % FULL
        row = [told[at * HASH : (at + 1) * HASH] for at in range(first, first + (1 << low))]
        return folded(row)

    return node


def folded(row: list[bytes]) -> bytes:
    """The root over a power of two of hashes that stand side by side."""
    while len(row) > 1:
        pairs = zip(row[::2], row[1::2], strict=True)
        row = [node_hash(left, right) for left, right in pairs]
    return row[0]
