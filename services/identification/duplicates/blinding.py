"""Keyed values in place of names and numbers, and in place of the ids of others' cases: pure."""

import hmac

from services.identification.duplicates.likeness import Likeness

SECRET = "likenesses"  # noqa: S105  # the name of a key
BYTES = 3
"""24 bits. Of 50,000 values one in 300 questions meets a stranger's, who is then set aside by a
person; and whoever has the table and its key too, and tries every telephone number of a country,
finds dozens for each value and not the one."""


def blind(key: bytes, kind: Likeness, form: str) -> str:
    """HMAC-SHA256 (RFC 2104), apart for each kind; shorter than its section 5 wants of a code that
    authenticates, which this one does not."""
    return hmac.digest(key, f"{kind}\n{form}".encode(), "sha256")[:BYTES].hex()


def candidate(case_key: bytes, other_key: bytes, case: str, other: str) -> str:
    """What another stream is called in this case: nobody can tell once either's keys are gone."""
    return hmac.digest(case_key + other_key, f"{case}\n{other}".encode(), "sha256")[:16].hex()
