"""Proofs of the audit log's tree: that an entry is in it, and that it only grew.

Computed as RFC 6962, 2.1.1 and 2.1.2 define them; verified as RFC 9162, 2.1.3.2 and 2.1.4.2 say.
A `Node` gives the hash of a full subtree: of the leaves from `index << level` on, `1 << level` of
them.
"""

from collections.abc import Callable, Sequence

from shared.trust.merkle import Tree, node_hash

Node = Callable[[int, int], bytes]


def root(size: int, node: Node) -> bytes:
    """The tree head of the first `size` leaves."""
    return _head(0, size, node)


def inclusion(index: int, size: int, node: Node) -> list[bytes]:
    """The audit path of a leaf (PATH in RFC 6962, 2.1.1), the lowest hash first.

    Raises `ValueError` where the tree has no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError("the tree has no such leaf")
    begin, end, path = 0, size, []
    while end - begin > 1:
        split = _split(begin, end)
        if index < split:
            path.append(_head(split, end, node))
            end = split
        else:
            path.append(_head(begin, split, node))
            begin = split
    return path[::-1]


def consistency(old: int, new: int, node: Node) -> list[bytes]:
    """That the first `old` of `new` leaves are still the same (PROOF in RFC 6962, 2.1.2).

    Raises `ValueError` where the tree has shrunk.
    """
    if not 0 <= old <= new:
        raise ValueError("a tree does not shrink")
    begin, end, proof = 0, new, []
    while old not in {0, end}:
        split = _split(begin, end)
        if old <= split:
            proof.append(_head(split, end, node))
            end = split
        else:
            proof.append(_head(begin, split, node))
            begin = split
    if begin:
        proof.append(_head(begin, end, node))
    return proof[::-1]


def includes(leaf: bytes, index: int, size: int, path: Sequence[bytes], head: bytes) -> bool:
    """Whether the tree with this head has this leaf hash at this place (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    first, second, reached = index, size - 1, leaf
    for step in path:
        if second == 0:
            return False
        if first & 1 or first == second:
            reached = node_hash(step, reached)
            while first and not first & 1:
                first, second = first >> 1, second >> 1
        else:
            reached = node_hash(reached, step)
        first, second = first >> 1, second >> 1
    return second == 0 and reached == head


def continues(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the newer tree begins with the older one (RFC 9162, 2.1.4.2)."""
    if old in {0, new}:
        known = Tree().root if old == 0 else new_root
        return old <= new and not proof and old_root == known
    if not 0 < old < new or not proof:
        return False
    return _continues(old, old_root, new, new_root, proof)


def _continues(
    old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    steps = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    first, second = old - 1, new - 1
    while first & 1:
        first, second = first >> 1, second >> 1
    then = now = steps[0]
    for step in steps[1:]:
        if second == 0:
            return False
        if first & 1 or first == second:
            then, now = node_hash(step, then), node_hash(step, now)
            while first and not first & 1:
                first, second = first >> 1, second >> 1
        else:
            now = node_hash(now, step)
        first, second = first >> 1, second >> 1
    return second == 0 and then == old_root and now == new_root


def _split(begin: int, end: int) -> int:
    """Where RFC 6962 splits: at the largest power of two below the size."""
    return begin + (1 << (end - begin - 1).bit_length() - 1)


def _head(begin: int, end: int, node: Node) -> bytes:
    """The head over leaves that begin at a multiple of the power of two they are split at."""
    peaks, at = [], begin
    while at < end:
        level = (end - at).bit_length() - 1
        peaks.append(node(level, at >> level))
        at += 1 << level
    return Tree(end - begin, tuple(peaks)).root
