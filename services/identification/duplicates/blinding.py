"""Keyed values in place of names and numbers, and in place of the ids of others' cases: pure."""

import hmac

from services.identification.duplicates.likeness import Kept

SECRET = "likenesses"  # noqa: S105  # the name of a key
DIGITS = {Kept.NAME: 5, Kept.PART: 5, Kept.SPELLING: 1, Kept.TELEPHONE: 6}
"""Of four bits each: 24 for a number, as for a name of two words with its spelling. Whoever has the
table and its key too, and tries every number of a country or every name of a list, finds some for
each value and not the one; and of 50,000 people few meet by chance, whom a person sets aside."""


def blind(key: bytes, kind: Kept, form: str) -> str:
    """HMAC-SHA256 (RFC 2104), apart for each kind, except that all of one name may be a part of
    another; shorter than its section 5 wants of a code that authenticates, which this is not."""
    apart = Kept.NAME if kind is Kept.PART else kind
    return hmac.digest(key, f"{apart}\n{form}".encode(), "sha256").hex()[: DIGITS[kind]]


def candidate(case_key: bytes, other_key: bytes, case: str, other: str) -> str:
    """What another stream is called in this case: nobody can tell once either's keys are gone."""
    return hmac.digest(case_key + other_key, f"{case}\n{other}".encode(), "sha256")[:16].hex()
