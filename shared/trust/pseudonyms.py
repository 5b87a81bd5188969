"""Pseudonyms per audience: two exports cannot be joined, and none can be read back."""

import hashlib
import hmac

ROOT = "root"
"""The class under which a case's random root stands in the key store, which can forget it: from
then on nobody can tell which pseudonym was that of the case."""


def pseudonym(key: bytes, root: str) -> str:
    """HMAC-SHA256 of the case's random root under the audience's key: 32 hexadecimal digits."""
    return hmac.new(key, root.encode(), hashlib.sha256).hexdigest()[:32]
