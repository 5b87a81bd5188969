"""The tree over a store's audit log, kept in tiles: beside the appends, never within them.

Only the hashes of every eighth level are stored, one for 256 leaves; what lies between is computed
from one tile when it is asked for.
"""

from shared.runtime.recorders import Run
from shared.runtime.store import Store
from shared.trust.proofs import Node, root
from shared.trust.tiles import FULL, HEIGHT, Tile, folded, nodes_of

_AT_ONCE = 64


def size_of(store: Store) -> int:
    """How many leaves there are."""
    return int(store.rows("SELECT size FROM audit_head WHERE id = 1")[0]["size"])


def fill(store: Store, size: int) -> None:
    """Compute the stored hashes that a tree of so many leaves needs and that are not there yet.

    Safe to repeat, and from several processes at once: whoever computes gets the same.
    """
    level = 1
    while whole := size >> (HEIGHT * level):
        _fill_level(store, level, whole)
        level += 1


def nodes(store: Store, size: int) -> Node:
    """The full subtrees of the first so many leaves, which must be there and filled."""
    return nodes_of(size, lambda tile: hashes(store, tile))


def root_at(store: Store, size: int) -> bytes:
    """The tree head of the first so many leaves."""
    fill(store, size)
    return root(size, nodes(store, size))


def hashes(store: Store, tile: Tile) -> bytes:
    """The bytes of a tile, shorter than it says where the store has not so many."""
    begin = tile.index * FULL
    return b"".join(_row(store, tile.level, begin, begin + tile.width))


def _row(store: Store, level: int, begin: int, end: int) -> list[bytes]:
    between = "idx >= ? AND idx < ? ORDER BY idx"
    if level == 0:
        rows = store.rows(f"SELECT hash FROM audit WHERE {between}", (begin, end))  # noqa: S608  # our own words
    else:
        sql = f"SELECT hash FROM audit_nodes WHERE level = ? AND {between}"  # noqa: S608  # our own words
        rows = store.rows(sql, (level, begin, end))
    return [bytes(row["hash"]) for row in rows]


def _fill_level(store: Store, level: int, whole: int) -> None:
    (row,) = store.rows("SELECT MAX(idx) AS last FROM audit_nodes WHERE level = ?", (level,))
    done = -1 if row["last"] is None else int(row["last"])
    for begin in range(done + 1, whole, _AT_ONCE):
        end = min(begin + _AT_ONCE, whole)
        below = _row(store, level - 1, begin * FULL, end * FULL)
        told = [folded(below[at : at + FULL]) for at in range(0, len(below), FULL)]
        with store.transaction(commit=True) as run:
            _keep(run, level, begin, told)


def _keep(run: Run, level: int, begin: int, told: list[bytes]) -> None:
    for index, node in enumerate(told, begin):
        run("INSERT INTO audit_nodes VALUES (?, ?, ?) ON CONFLICT DO NOTHING", (level, index, node))
