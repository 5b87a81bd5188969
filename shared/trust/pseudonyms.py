"""Pseudonyms per audience: two exports cannot be joined, and none can be read back."""

import hashlib
import hmac


def pseudonym(key: bytes, case: str) -> str:
    """HMAC-SHA256 of the random case id under the audience's key: 32 hexadecimal digits."""
    return hmac.new(key, case.encode(), hashlib.sha256).hexdigest()[:32]
