"""The audit log's tree: RFC 6962, section 2.1. Hashes are 32 bytes, SHA-256."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

_LEAF, _NODE = b"\x00", b"\x01"
_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def canonical(entry: Mapping[str, Any]) -> bytes:
    """JSON with one spelling: sorted keys, no spaces. Strings and integers only, so that it
    coincides with RFC 8785, which leaves no choice in anything but numbers and key order."""
    return _CANONICAL.encode(entry).encode()


def leaf_hash(entry: bytes) -> bytes:
    """SHA-256 over a zero byte and the entry: 32 bytes (RFC 6962, 2.1: MTH of one entry)."""
    return hashlib.sha256(_LEAF + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256 over a byte of one and both children (RFC 6962, 2.1)."""
    return hashlib.sha256(_NODE + left + right).digest()


@dataclass(frozen=True)
class Tree:
    """A log of `size` leaves, as the roots of its full subtrees, the largest first: what is needed
    to go on, and no more than 64 hashes however long the log."""

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    @property
    def root(self) -> bytes:
        """The tree head (MTH). Of no leaves: the hash of nothing."""
        if not self.peaks:
            return hashlib.sha256().digest()
        *larger, root = self.peaks
        for peak in reversed(larger):
            root = node_hash(peak, root)
        return root


def grown(tree: Tree, leaves: Iterable[bytes]) -> Tree:
    """The tree with further leaf hashes at its end."""
    size, peaks = tree.size, list(tree.peaks)
    for leaf in leaves:
        peak, full = leaf, size
        while full & 1:
            peak, full = node_hash(peaks.pop(), peak), full >> 1
        peaks.append(peak)
        size += 1
    return Tree(size, tuple(peaks))
