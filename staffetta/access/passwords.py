"""Passwords as Argon2id hashes, and one-time codes as a second factor."""

import base64
import os
import unicodedata
from datetime import datetime
from functools import lru_cache
from threading import Semaphore

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.constant_time import bytes_eq
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.twofactor.totp import TOTP

# RFC 9106, 4, the second recommended choice: 64 MiB, three passes; but one lane, since two that
# run at once with several lanes never end in the OpenSSL beneath.
_MEMORY_KIB, _PASSES, _LANES, _SALT, _LENGTH = 64 * 1024, 3, 1, 16, 32
# One at a time: each takes 64 MiB, however many try.
_TURNS = Semaphore(1)
SHORTEST, LONGEST = 12, 200
STEP_SECONDS = 30
_DIGITS = 6
_SECRET_BYTES = 20  # as long as the hash (RFC 4226, 4, R6)


class Unfit(Exception):
    """Not to be used as a password; the words say what is expected."""


def checked(password: str, operator: str) -> str:
    """A new password; `Unfit` where it is too short, too long or the operator's own name.

    Length, and nothing about kinds of characters: NIST SP 800-63B-4, 3.1.1.2.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise Unfit(f"a password has {SHORTEST} to {LONGEST} characters")
    if len(set(password)) < 5 or operator in password or password in operator:
        raise Unfit("a password is not one sign again and again, and not the operator's id")
    return password


def hashed(password: str) -> str:
    """The password's Argon2id hash with its salt and costs, in the PHC form."""
    with _TURNS:
        return _argon2(os.urandom(_SALT)).derive_phc_encoded(_told(password))


def is_password(password: str, encoded: str | None) -> bool:
    """Whether this is the password; where there is none the same work is done for nothing, so
    that nobody learns by a clock which accounts there are."""
    with _TURNS:
        try:
            Argon2id.verify_phc_encoded(_told(password), encoded or _of_nobody())
        except InvalidKey:
            return False
    return encoded is not None


def new_secret() -> bytes:
    return os.urandom(_SECRET_BYTES)


def code_at(secret: bytes, at: datetime) -> str:
    """The one-time code of a moment (RFC 6238): six digits."""
    return _totp(secret).generate(int(at.timestamp())).decode()


def step_of(secret: bytes, code: str, now: datetime) -> int | None:
    """The time step that a code belongs to: this one, the last or the next (RFC 6238, 5.2, and the
    clock of a telephone); None where it belongs to none of them."""
    found = None
    for step in (-1, 0, 1):
        at = int(now.timestamp()) + step * STEP_SECONDS
        if bytes_eq(_totp(secret).generate(at), code.encode(errors="replace")):
            found = at // STEP_SECONDS
    return found


def address_of(secret: bytes, operator: str) -> str:
    """What an authenticator application reads, mostly as a QR code (otpauth://…)."""
    return _totp(secret).get_provisioning_uri(operator, "Staffetta")


def spelled(secret: bytes) -> str:
    """The secret to be typed: base32 in groups of four."""
    text = base64.b32encode(secret).decode()
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def _totp(secret: bytes) -> TOTP:
    # SHA-1 is what authenticator applications speak; HMAC does not suffer from its collisions.
    return TOTP(secret, _DIGITS, SHA1(), STEP_SECONDS)  # noqa: S303  # as RFC 6238 has it


def _argon2(salt: bytes) -> Argon2id:
    return Argon2id(
        salt=salt, length=_LENGTH, iterations=_PASSES, lanes=_LANES, memory_cost=_MEMORY_KIB
    )


def _told(password: str) -> bytes:
    # The same sign typed on two keyboards (NIST SP 800-63B-4, 3.1.1.2).
    return unicodedata.normalize("NFKC", password).encode(errors="replace")


@lru_cache(maxsize=1)
def _of_nobody() -> str:
    return _argon2(os.urandom(_SALT)).derive_phc_encoded(os.urandom(_LENGTH))
