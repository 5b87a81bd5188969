"""The format of a sealed field, built again from its standards: it opens under one key only."""

import base64
import hmac

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV
from pydantic import SecretStr

from shared.trust.protected import CannotOpen, Identity, Protected, open_field, seal_fields
from tests.trust.sealing import PLACE, OneKey, Told, sealed_text

OURS, ANOTHERS = bytes(range(32)), bytes(32)
SALT, NONCE = b"s" * 32, b"n" * 12
# As the first form bound it.
BOUND = (
    b'{"class":"identity","event":"case.told.v1","field":"name","position":3,'
    b'"service":"identification","stream":"case-1"}'
)


NOW_BOUND = (
    b'{"class":"identity","field":"name","form":2,"position":3,"schema":"v1",'
    b'"service":"identification","stream":"case-1","subject":"case-1","type":"case.told"}'
)


def derived(key: bytes, salt: bytes, bound: bytes = BOUND) -> tuple[bytes, bytes]:
    """HKDF-SHA256 (RFC 5869) to 64 bytes: the key of the cipher, and the commitment to it."""
    extracted = hmac.digest(salt, key, "sha256")
    first = hmac.digest(extracted, bound + b"\x01", "sha256")
    return first, hmac.digest(extracted, first + bound + b"\x02", "sha256")


def made(cipher_of: bytes, commitment_of: bytes) -> Told:
    """A field sealed by hand: encrypted under one key, committed to one."""
    cipher, commitment = derived(cipher_of, SALT)[0], derived(commitment_of, SALT)[1]
    ciphertext = AESGCMSIV(cipher).encrypt(NONCE, b"Ana", BOUND)
    sealed = base64.b64encode(SALT + NONCE + commitment + ciphertext).decode()
    return Told(name=Protected[Identity](sealed=sealed))


def test_what_is_made_by_the_standards_opens() -> None:
    assert open_field(made(OURS, OURS), "name", PLACE, OneKey(OURS)) == "Ana"


def test_what_is_sealed_opens_by_the_standards() -> None:
    told = Told(name=Protected[Identity](clear=SecretStr("Ana")))
    raw = base64.b64decode(sealed_text(seal_fields(told, PLACE, OneKey(OURS))).removeprefix("2."))
    salt, nonce, commitment, ciphertext = raw[:32], raw[32:44], raw[44:76], raw[76:]
    cipher, expected = derived(OURS, salt, NOW_BOUND)
    assert commitment == expected
    assert AESGCMSIV(cipher).decrypt(nonce, ciphertext, NOW_BOUND) == b"Ana"


@pytest.mark.parametrize("opened_with", [OURS, ANOTHERS])
@pytest.mark.parametrize(("cipher_of", "commitment_of"), [(OURS, ANOTHERS), (ANOTHERS, OURS)])
def test_a_cipher_under_one_key_and_a_commitment_to_another_open_under_neither(
    cipher_of: bytes, commitment_of: bytes, opened_with: bytes
) -> None:
    with pytest.raises(CannotOpen):
        open_field(made(cipher_of, commitment_of), "name", PLACE, OneKey(opened_with))
