"""Signed notes and checkpoints, so that anybody's tools can read them.

C2SP signed-note (a text, a blank line, a line per signature) and C2SP tlog-checkpoint (the text:
origin, size, root), with Ed25519: https://c2sp.org/signed-note, https://c2sp.org/tlog-checkpoint.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_ED25519 = b"\x01"
_SIGNATURE = re.compile(r"— (?P<name>[^\s+]+) (?P<signature>\S+)")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_HASH_BYTES, _ID_BYTES, _KEY_BYTES = 32, 4, 32


class NotANote(Exception):
    """The text has another form, or no signature of the key that was asked for. `why`, in words
    of ours: never the text's own."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Verifier:
    """A name and the public key that signs under it: 32 bytes, Ed25519."""

    name: str
    key: bytes

    @property
    def id(self) -> bytes:
        """The first four bytes of a hash over name and key, by which a signature names it."""
        told = self.name.encode() + b"\n" + _ED25519 + self.key
        return hashlib.sha256(told).digest()[:_ID_BYTES]

    def __str__(self) -> str:
        """The line of a verifier key: name+id+key."""
        key = base64.b64encode(_ED25519 + self.key).decode()
        return f"{self.name}+{self.id.hex()}+{key}"


@dataclass(frozen=True)
class Checkpoint:
    """How long the log of `origin` is, and its tree head."""

    origin: str
    size: int
    root: bytes

    def __str__(self) -> str:
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def verifier_of(line: str) -> Verifier:
    """A verifier key's line read. Raises `NotANote` where it is none, or contradicts itself."""
    name, _plus, rest = line.strip().partition("+")
    given_id, _plus, encoded = rest.partition("+")
    key = _decoded(encoded)
    if not name or key[:1] != _ED25519 or len(key) != 1 + _KEY_BYTES:
        raise NotANote("this is no Ed25519 verifier key")
    verifier = Verifier(name, key[1:])
    if str(verifier) != line.strip() or verifier.id.hex() != given_id:
        raise NotANote("the verifier key contradicts itself")
    return verifier


def sign(checkpoint: Checkpoint, name: str, key: Ed25519PrivateKey) -> str:
    """The checkpoint as a note, signed under this name."""
    text = str(checkpoint)
    verifier = Verifier(name, key.public_key().public_bytes_raw())
    signature = base64.b64encode(verifier.id + key.sign(text.encode())).decode()
    return f"{text}\n— {name} {signature}\n"


def opened(note: str, verifier: Verifier) -> Checkpoint:
    """The checkpoint of a note that this key has signed. Raises `NotANote`."""
    text, blank, rest = note.rpartition("\n\n")
    if not blank or not note.endswith("\n"):
        raise NotANote("the checkpoint is no signed note")
    _signed(f"{text}\n".encode(), rest.splitlines(), verifier)
    return _checkpoint(text.split("\n"))


def _signed(text: bytes, lines: Sequence[str], verifier: Verifier) -> None:
    found = [_SIGNATURE.fullmatch(line) for line in lines]
    if not all(found):
        raise NotANote("a signature line of the checkpoint has another form")
    for each in found:
        signature = _decoded(each["signature"]) if each else b""
        if each and each["name"] == verifier.name and signature[:_ID_BYTES] == verifier.id:
            try:
                key = Ed25519PublicKey.from_public_bytes(verifier.key)
                key.verify(signature[_ID_BYTES:], text)
            except InvalidSignature:
                raise NotANote("the checkpoint's signature is wrong") from None
            return
    raise NotANote("the checkpoint is not signed by this key")


def _checkpoint(lines: Sequence[str]) -> Checkpoint:
    if len(lines) < 3 or not _SIZE.fullmatch(lines[1]):
        raise NotANote("the checkpoint's text has another form")
    root = _decoded(lines[2])
    if len(root) != _HASH_BYTES:
        raise NotANote("the checkpoint's root is no SHA-256 hash")
    return Checkpoint(lines[0], int(lines[1]), root)


def _decoded(text: str) -> bytes:
    """Base64 in its one spelling: what decodes to the same bytes in another is refused."""
    try:
        decoded = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise NotANote("a part that should be base64 is not") from None
    if base64.b64encode(decoded).decode() != text:
        raise NotANote("a part that should be base64 is not in its one spelling")
    return decoded
