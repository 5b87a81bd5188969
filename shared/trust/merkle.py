"""Leaves of the audit log, as in RFC 6962 section 2.1."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

_LEAF = b"\x00"
_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def canonical(entry: Mapping[str, Any]) -> bytes:
    """JSON with one spelling: sorted keys, no spaces. Strings and integers only, so that it
    coincides with RFC 8785, which leaves no choice in anything but numbers and key order."""
    return _CANONICAL.encode(entry).encode()


def leaf_hash(entry: bytes) -> bytes:
    """SHA-256 over a zero byte and the entry: 32 bytes (RFC 6962, 2.1: MTH of one entry)."""
    return hashlib.sha256(_LEAF + entry).digest()
