"""Key-encryption keys in a file of mode 0600: the embedded store.

It is sealed with AES-256-GCM-SIV (RFC 8452) under a key that Argon2id (RFC 9106) makes of a
passphrase.
"""

import base64
import json
import os
import secrets
import uuid
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from shared.trust.kek import CannotUnwrap, Kek, NoKek, Wrapped, one_by_one, with_version

PASSPHRASE = "STAFFETTA_KEY_PASSPHRASE"  # noqa: S105  # the name of a variable
_KEY_BYTES, _NONCE_BYTES, _SALT_BYTES = 32, 12, 16
# RFC 9106, 4: the second recommended option, for words that somebody chose, but in one lane: some
# derivations of more lanes at once wait for each other for ever (cryptography 50). A random
# passphrase of 256 bits cannot be guessed at any cost: the least of OWASP's cheat sheet is enough.
_CHOSEN = {"iterations": 3, "lanes": 1, "memory_cost": 65_536}
_RANDOM = {"iterations": 2, "lanes": 1, "memory_cost": 19_456}
_SEALED_AS = b"staffetta key-encryption keys, form 1"


class SealedKek:
    """Key-encryption keys in a sealed file. Where another process has rotated, it is read again."""

    def __init__(self, path: Path, passphrase: bytes) -> None:
        self._path, self._passphrase = path, passphrase
        self._read()

    @property
    def current(self) -> int:
        self._follow()
        return max(self._keys)

    def versions(self) -> list[int]:
        self._follow()
        return sorted(self._keys)

    def wrap(self, key: bytes, bound: bytes) -> Wrapped:
        version, nonce = self.current, os.urandom(_NONCE_BYTES)
        told = with_version(version, bound)
        return version, nonce + AESGCMSIV(self._keys[version]).encrypt(nonce, key, told)

    def unwrap(self, version: int, wrapped: bytes, bound: bytes) -> bytes:
        if version not in self._keys:
            self._follow()
        if version not in self._keys:
            raise NoKek("a version of the key-encryption key is gone: restore its file")
        nonce, ciphertext = wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:]
        cipher, told = AESGCMSIV(self._keys[version]), with_version(version, bound)
        try:
            return cipher.decrypt(nonce, ciphertext, told)
        except (InvalidTag, ValueError):
            raise CannotUnwrap("The wrapped key was changed, or belongs elsewhere.") from None

    def rewrap(self, many: Sequence[tuple[int, bytes, bytes]]) -> list[Wrapped]:
        return one_by_one(self, many)

    def rotate(self) -> int:
        version = self.current + 1
        self._write({**self._keys, version: secrets.token_bytes(_KEY_BYTES)})
        return version

    def retire(self, below: int) -> None:
        if below > self.current:
            raise ValueError("the current version is in use")
        if below > min(self._keys):
            self._write({known: key for known, key in self._keys.items() if known >= below})

    def close(self) -> None:
        """Nothing is held open."""

    def seal_under(self, passphrase: bytes) -> None:
        """From now on another passphrase, which somebody chose, opens the file: the old one or the
        new one, whenever this is killed. Whoever asks lets nobody rotate meanwhile."""
        self._follow()
        salt = base64.b64encode(os.urandom(_SALT_BYTES)).decode()
        self._salt, self._wrapper = _derived(passphrase, salt, _CHOSEN)
        self._passphrase, self._costs = passphrase, dict(_CHOSEN)
        self._write(self._keys)

    def _follow(self) -> None:
        if self._stamp != _stamp(self._path):
            self._read()

    def _read(self) -> None:
        self._stamp = _stamp(self._path)
        try:
            told = json.loads(self._path.read_bytes())
            self._costs = dict(told["argon2id"])
            self._salt, self._wrapper = _derived(self._passphrase, told["salt"], self._costs)
            nonce, sealed = (base64.b64decode(told[part]) for part in ("nonce", "sealed"))
            clear = AESGCMSIV(self._wrapper).decrypt(nonce, sealed, _SEALED_AS)
        except InvalidTag:
            why = "the passphrase is not the one that its file was sealed with"
            raise NoKek(f"{why}: set {PASSPHRASE}, or restore the file `passphrase`") from None
        except (OSError, ValueError, KeyError, TypeError):
            why = "cannot be read, or is no file of key-encryption keys"
            raise NoKek(f"{self._path.name} {why}: restore it from your copy") from None
        self._keys = {int(n): base64.b64decode(key) for n, key in json.loads(clear).items()}

    def _write(self, keys: dict[int, bytes]) -> None:
        made = _sealed(self._path, keys, self._salt, self._wrapper, self._costs)
        made.replace(self._path)
        _on_disk(self._path.parent)
        self._read()


def sealed_kek(path: Path, passphrase: bytes, *, chosen: bool = True, make: bool = True) -> Kek:
    """The keys of a sealed file, made at first use where `make` allows it. `chosen`: whether
    somebody chose the passphrase, so that guessing must be dear. Raises `NoKek`."""
    if not path.exists():
        if not make:
            raise NoKek(f"{path.name} is gone: without it no key opens; restore it")
        salt = base64.b64encode(os.urandom(_SALT_BYTES)).decode()
        costs = _CHOSEN if chosen else _RANDOM
        told, wrapper = _derived(passphrase, salt, costs)
        _first(path, _sealed(path, {1: secrets.token_bytes(_KEY_BYTES)}, told, wrapper, costs))
    path.chmod(0o600)
    return SealedKek(path, passphrase)


def kek_file(key_file: Path) -> Path:
    return key_file.with_suffix(".kek")


def made_passphrase(kek: Path) -> Path:
    """Where the passphrase stands that was made since nobody named one."""
    return kek.parent / "passphrase"


def embedded_kek(key_file: Path, *, make: bool, named: str | None = None) -> Kek:
    """The sealed file beside a key file. Its passphrase is the one that is named, else that of
    STAFFETTA_KEY_PASSPHRASE, else what stands in the file `passphrase` there, made with a random
    one where nobody named any."""
    path = kek_file(key_file)
    sealed_before = path.exists()
    named = named or os.environ.get(PASSPHRASE)
    if named:
        return sealed_kek(path, named.encode(), make=make)
    file = made_passphrase(path)
    if not file.exists():
        if sealed_before or not make:
            raise NoKek(f"set {PASSPHRASE}, or restore the file `passphrase` beside the keys")
        made = _beside(file)
        _write_private(made, secrets.token_urlsafe(32).encode())
        _first(file, made)
    file.chmod(0o600)
    return sealed_kek(path, file.read_bytes().strip(), chosen=False, make=make)


def _derived(passphrase: bytes, salt: str, costs: dict[str, Any]) -> tuple[str, bytes]:
    made = Argon2id(salt=base64.b64decode(salt), length=_KEY_BYTES, **costs)
    return salt, made.derive(passphrase)


def _sealed(
    path: Path, keys: dict[int, bytes], salt: str, wrapper: bytes, costs: dict[str, Any]
) -> Path:
    """A file beside `path`, written through to the disk."""
    nonce = os.urandom(_NONCE_BYTES)
    clear = json.dumps({n: base64.b64encode(key).decode() for n, key in keys.items()})
    sealed = AESGCMSIV(wrapper).encrypt(nonce, clear.encode(), _SEALED_AS)
    parts = {
        name: base64.b64encode(raw).decode() for name, raw in (("nonce", nonce), ("sealed", sealed))
    }
    made = _beside(path)
    _write_private(made, json.dumps({"salt": salt, "argon2id": costs, **parts}).encode())
    return made


def _beside(path: Path) -> Path:
    return path.with_name(f"{path.name}.{uuid.uuid4().hex}.new")


def _write_private(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _first(path: Path, made: Path) -> None:
    """Where several processes make it at once, the first one's stands for all."""
    with suppress(FileExistsError):
        path.hardlink_to(made)
    made.unlink()
    _on_disk(path.parent)


def _on_disk(directory: Path) -> None:
    opened = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _stamp(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        raise NoKek(f"{path.name} is gone: without it no key opens; restore it") from None
    return found.st_ino, found.st_mtime_ns
