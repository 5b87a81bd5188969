"""A witness's word on a checkpoint: that it only grew, and when that was seen.

C2SP tlog-cosignature, cosignature/v1 with Ed25519: https://c2sp.org/tlog-cosignature.
"""

import base64

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.trust.notes import COSIGNATURE, NotANote, Verifier, check, parts_of, signature_in

_TIME_BYTES = 8


def cosigner(name: str, key: Ed25519PrivateKey) -> Verifier:
    """By what others know a witness's cosignatures."""
    return Verifier(name, key.public_key().public_bytes_raw(), COSIGNATURE)


def cosign(note: str, name: str, key: Ed25519PrivateKey, at: int) -> str:
    """The signature line of a witness for a note's text; `at`: seconds since 1970."""
    text, _lines = parts_of(note)
    signature = at.to_bytes(_TIME_BYTES, "big") + key.sign(_told(text, at))
    line = base64.b64encode(cosigner(name, key).id + signature).decode()
    return f"— {name} {line}"


def cosigned(note: str, witness: Verifier) -> int | None:
    """When a witness cosigned this note, in seconds since 1970; None where it did not.

    Raises `NotANote` where a line in its name is not its own.
    """
    text, lines = parts_of(note)
    for line in lines:
        signature = signature_in(line, witness)
        if signature is not None:
            if len(signature) <= _TIME_BYTES:
                raise NotANote("a cosignature has another form")
            at = int.from_bytes(signature[:_TIME_BYTES], "big")
            check(witness, signature[_TIME_BYTES:], _told(text, at))
            return at
    return None


def _told(text: str, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{text}".encode()
