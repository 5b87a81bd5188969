"""The code on a receipt: 135 bits in Crockford's base 32, and a symbol that catches slips.

It comes from a key of the person's own: it can be printed again without being kept anywhere, and
is gone with the person's keys. The log and the read table hold its verifier only, which is keyed
by the service: whoever has the paper and a copy of the log cannot tell which case it is of.
"""

import hmac

from services.identification.receipts.policies import a_code_is_typed_as_it_is_printed
from shared.trust.keys import Keys

_SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
# Crockford's check symbol is the number modulo 37: five more symbols than the digits.
_CHECKS = _SYMBOLS + "*~$=U"
_LENGTH, _GROUP = 27, 4
_BITS = 5 * _LENGTH
_LOOKS_LIKE = str.maketrans({"I": "1", "L": "1", "O": "0", "-": None, " ": None})
CLASS_OF_KEY = "receipt"


def code_of(keys: Keys, case: str, consent: str) -> str:
    """The code of the receipt of this consent, printed in groups. Raises `UnknownKey` where no
    receipt was issued of this case, and `DestroyedKey` where the person was erased."""
    return _printed(keys.known_key(case, CLASS_OF_KEY), consent)


def first_code_of(keys: Keys, case: str, consent: str) -> str:
    """As `code_of`; the case's key is made where it has none."""
    return _printed(keys.key_for(case, CLASS_OF_KEY), consent)


def verifier_of(keys: Keys, typed: str) -> str:
    """What the read table knows the code by, in hexadecimal. Raises `Refused` where the code was
    mistyped."""
    secret = keys.secret("receipts")
    return hmac.digest(secret, _number(typed).to_bytes(_BITS // 8 + 1, "big"), "sha256").hex()


def _printed(key: bytes, consent: str) -> str:
    number = int.from_bytes(hmac.digest(key, consent.encode(), "sha256"), "big") >> (256 - _BITS)
    places = range(_BITS - 5, -1, -5)
    symbols = "".join(_SYMBOLS[number >> place & 31] for place in places) + _CHECKS[number % 37]
    return "-".join(symbols[at : at + _GROUP] for at in range(0, len(symbols), _GROUP))


def _number(typed: str) -> int:
    """Small letters, spaces, and signs that look alike are read as what was printed."""
    symbols = typed.strip().upper()
    body, check = symbols[:-1].translate(_LOOKS_LIKE), symbols[-1:]
    check = check.translate(_LOOKS_LIKE)
    fits = len(body) == _LENGTH and set(body) <= set(_SYMBOLS) and check in _CHECKS and check
    number = 0
    for symbol in body if fits else "":
        number = number * 32 + _SYMBOLS.index(symbol)
    a_code_is_typed_as_it_is_printed(bool(fits) and _CHECKS[number % 37] == check)
    return number
