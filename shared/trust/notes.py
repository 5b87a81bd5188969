"""Signed notes and checkpoints, so that anybody's tools can read them.

C2SP signed-note (a text, a blank line, a line per signature) and C2SP tlog-checkpoint (the text:
origin, size, root), with Ed25519: https://c2sp.org/signed-note, https://c2sp.org/tlog-checkpoint.
"""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519, COSIGNATURE = b"\x01", b"\x04"
"""Kinds of keys (C2SP signed-note): of a log, and of a witness."""
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
    """A name and the public key that signs under it: 32 bytes, Ed25519, of a kind."""

    name: str
    key: bytes
    kind: bytes = ED25519

    @property
    def id(self) -> bytes:
        """The first four bytes of a hash over name and key, by which a signature names it."""
        told = self.name.encode() + b"\n" + self.kind + self.key
        return hashlib.sha256(told).digest()[:_ID_BYTES]

    def __str__(self) -> str:
        """The line of a verifier key: name+id+key."""
        key = base64.b64encode(self.kind + self.key).decode()
        return f"{self.name}+{self.id.hex()}+{key}"


@dataclass(frozen=True)
class Checkpoint:
    """How long the log of `origin` is, and its tree head."""

    origin: str
    size: int
    root: bytes

    def __str__(self) -> str:
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def verifier_of(line: str, kind: bytes = ED25519) -> Verifier:
    """A verifier key's line read. Raises `NotANote` where it is none, or contradicts itself."""
    name, _plus, rest = line.strip().partition("+")
    given_id, _plus, encoded = rest.partition("+")
    key = _decoded(encoded)
    if not name or key[:1] != kind or len(key) != 1 + _KEY_BYTES:
        raise NotANote("this is no Ed25519 verifier key")
    verifier = Verifier(name, key[1:], kind)
    if str(verifier) != line.strip() or verifier.id.hex() != given_id:
        raise NotANote("the verifier key contradicts itself")
    return verifier


def sign(checkpoint: Checkpoint, name: str, key: Ed25519PrivateKey) -> str:
    """The checkpoint as a note, signed under this name."""
    return sign_text(str(checkpoint), name, key)


def sign_text(text: str, name: str, key: Ed25519PrivateKey) -> str:
    """Any text that ends its last line, as a note."""
    verifier = Verifier(name, key.public_key().public_bytes_raw())
    signature = base64.b64encode(verifier.id + key.sign(text.encode())).decode()
    return f"{text}\n— {name} {signature}\n"


def opened(note: str, verifier: Verifier) -> Checkpoint:
    """The checkpoint of a note that this key has signed. Raises `NotANote`."""
    return checkpoint_of(opened_text(note, verifier))


def opened_text(note: str, verifier: Verifier) -> str:
    """The text of a note that this key has signed. Raises `NotANote`."""
    text, lines = parts_of(note)
    for line in lines:
        signature = signature_in(line, verifier)
        if signature is not None:
            check(verifier, signature, text.encode())
            return text
    raise NotANote("the checkpoint is not signed by this key")


def parts_of(note: str) -> tuple[str, list[str]]:
    """The text and the signature lines of a note. Raises `NotANote`."""
    text, blank, rest = note.rpartition("\n\n")
    if not blank or not note.endswith("\n"):
        raise NotANote("the checkpoint is no signed note")
    lines = rest.removesuffix("\n").split("\n")
    if not all(_SIGNATURE.fullmatch(line) for line in lines):
        raise NotANote("a signature line of the checkpoint has another form")
    return f"{text}\n", lines


def signature_in(line: str, verifier: Verifier) -> bytes | None:
    """What stands after the key's id, where the line names this key. Raises `NotANote`."""
    each = _SIGNATURE.fullmatch(line)
    if each is None:
        raise NotANote("a signature line of the checkpoint has another form")
    signature = _decoded(each["signature"])
    named = each["name"] == verifier.name and signature[:_ID_BYTES] == verifier.id
    return signature[_ID_BYTES:] if named else None


def check(verifier: Verifier, signature: bytes, text: bytes) -> None:
    """Raises `NotANote` where this is not the key's signature."""
    try:
        Ed25519PublicKey.from_public_bytes(verifier.key).verify(signature, text)
    except (InvalidSignature, ValueError):
        raise NotANote("the checkpoint's signature is wrong") from None


def checkpoint_of(text: str) -> Checkpoint:
    """The checkpoint that a note's text is. Raises `NotANote`."""
    lines = text.split("\n")
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
