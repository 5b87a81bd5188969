"""What an outside witness keeps, in plain files: its key, the keys of the logs, and what it saw.

`witness.pem` (mode 0600) and `witness`, the verifier key that it is known by; for each service
`logs/SERVICE/key`, and for each generation of its log `logs/SERVICE/1.note`, the checkpoint seen
last, cosigned. `logs/SERVICE/refused-…` is what it was shown and did not cosign.
"""

import hashlib
import os
import re
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from shared.runtime.seen_logs import Kept, kept_in
from shared.trust.cosigning import cosigner
from shared.trust.notes import COSIGNATURE, NotANote, Verifier, verifier_of

_NAME = re.compile(r"[a-z0-9][a-z0-9./-]{2,99}")


class Unusable(Exception):
    """The directory cannot be used. `why`, in words."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class State:
    """A directory as the memory of a witness. Raises `Unusable`."""

    def __init__(self, directory: Path, name: str | None) -> None:
        self.directory = directory
        try:
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.signing = _key_in(directory / "witness.pem")
            self.name = self._named(name)
        except (OSError, ValueError, NotANote):
            raise Unusable("it holds no state of a witness, or cannot be written") from None

    @property
    def verifier(self) -> Verifier:
        return cosigner(self.name, self.signing)

    def key_of(self, service: str, told: Verifier) -> bytes:
        file = self._place(service) / "key"
        if not file.exists():
            _durable(file, f"{told}\n")
        return verifier_of(file.read_text()).key

    def kept(self, service: str) -> Kept | None:
        found = [kept_in(file.read_text(), service) for file in self._place(service).glob("*.note")]
        return max(found, key=lambda each: each.generation, default=None)

    def keep(self, service: str, before: Kept | None, now: Kept) -> bool:
        if self.kept(service) != before:
            return False
        _durable(self._file(service, now.generation), now.note)
        return True

    def refused(self, service: str, note: str) -> None:
        """Keep what was shown and not cosigned: the proof of a second story."""
        print_ = hashlib.sha256(note.encode()).hexdigest()[:16]
        _durable(self._place(service) / f"refused-{print_}", note)

    def _named(self, name: str | None) -> str:
        file = self.directory / "witness"
        if file.exists():
            known = verifier_of(file.read_text(), COSIGNATURE)
            if known != cosigner(known.name, self.signing) or name not in {None, known.name}:
                raise Unusable("it belongs to a witness of another name or key")
            return known.name
        if name is None or not _NAME.fullmatch(name):
            raise Unusable("a new witness needs a --name, such as agency.example/witness")
        _durable(file, f"{cosigner(name, self.signing)}\n")
        return name

    def _place(self, service: str) -> Path:
        place = self.directory / "logs" / service
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        return place

    def _file(self, service: str, generation: int) -> Path:
        return self._place(service) / f"{generation}.note"


def _key_in(file: Path) -> Ed25519PrivateKey:
    if not file.exists():
        made = Ed25519PrivateKey.generate()
        pem = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        _durable(file, pem.decode())
    key = load_pem_private_key(file.read_bytes(), None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError("no Ed25519 key")
    return key


def _durable(file: Path, told: str) -> None:
    """On the disk under its name, whole or not at all, before anything rests on it."""
    part = file.with_name(f".{file.name}.part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as opened:
        opened.write(told)
        opened.flush()
        os.fsync(opened.fileno())
    part.replace(file)
    directory = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
