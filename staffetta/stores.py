"""The files of an installation: four stores, their keys, the signing key; none goes unnoticed."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from eventsourcing.persistence import PersistenceError
from joserfc.jwk import OKPKey

from shared.runtime.store import Store, sqlite_store
from shared.trust.kek import OutOfReach
from shared.trust.tokens import signing_key
from staffetta.access.file import AccessFile
from staffetta.four import FOUR, Part
from staffetta.key_stores import embedded_keys

TROUBLE = (sqlite3.Error, PersistenceError)
"""What a store says when its file is damaged, locked or read-only, or the disk is full."""
_LIST = "files"


class Unusable(Exception):
    """A file of the installation that is gone, damaged or not ours to use, and why."""

    def __init__(self, file: Path, why: str) -> None:
        super().__init__(why)
        self.file, self.why = file, why


def stores_in(directory: Path, closing: ExitStack) -> dict[str, Store]:
    """The stores of a directory by service name; made, with their keys, in a new one.

    Raises `Unusable` where one of an older directory is gone: a store that begins anew has lost
    what it had told the others, and nobody would notice.
    """
    for name in _made_before(directory):
        if not (directory / name).exists():
            raise Unusable(directory / name, "it was here and is gone: restore it from a backup")
    for folder in (directory, directory / "keys"):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise Unusable(folder, "nothing can be written there")
    stores = {part.name: _store(part, directory, closing) for part in FOUR}
    _note_what_was_made(directory)
    return stores


def token_key_in(directory: Path) -> OKPKey:
    """The key by which this installation signs its tokens."""
    file = directory / "keys" / "token.pem"
    with _used(file):
        return signing_key(file)


def access_in(directory: Path, closing: ExitStack) -> AccessFile:
    """Passwords and sessions of its local accounts: beside the keys, and in no backup either."""
    file = directory / "keys" / "access.sqlite"
    with _used(file):
        access = AccessFile(file)
    closing.callback(access.close)
    return access


def is_there(directory: Path) -> bool:
    """Whether an installation was made in this directory, to its end."""
    return (directory / _LIST).exists()


def store_file(directory: Path, service: str) -> Path:
    return directory / f"{service}.sqlite"


def key_file(directory: Path, service: str) -> Path:
    """The keys of its people: never in a backup, so that who was forgotten stays forgotten."""
    return directory / "keys" / f"{service}.keys.sqlite"


def _store(part: Part, directory: Path, closing: ExitStack) -> Store:
    file, keys_file = store_file(directory, part.name), key_file(directory, part.name)
    with _used(keys_file):
        keys = embedded_keys(keys_file)
    closing.callback(keys.close)
    with _used(file):
        store = sqlite_store(part.service, file, keys)
    closing.callback(store.close)
    return store


def _made_before(directory: Path) -> list[str]:
    if not is_there(directory):
        return []
    return (directory / _LIST).read_text(errors="replace").split()


def _note_what_was_made(directory: Path) -> None:
    files = [of(directory, part.name) for part in FOUR for of in (store_file, key_file)]
    made = [file.relative_to(directory).as_posix() for file in files]
    if made != _made_before(directory):
        written = directory / f"{_LIST}.{os.getpid()}.new"
        written.write_text("\n".join(made) + "\n")
        written.replace(directory / _LIST)


@contextmanager
def _used(file: Path) -> Iterator[None]:
    try:
        yield
    except OutOfReach as trouble:
        raise Unusable(file, trouble.why) from None
    except (*TROUBLE, ValueError) as trouble:
        # A key's own parser may quote what it read.
        why = str(trouble) if isinstance(trouble, TROUBLE) else "this is not a key"
        raise Unusable(file, why) from None
