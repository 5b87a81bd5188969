"""The files of an installation: four stores, their keys, the signing key; none goes unnoticed."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from eventsourcing.persistence import PersistenceError
from joserfc.jwk import OKPKey

from shared.runtime.store import Store, sqlite_store
from shared.trust.keys import KeyFile
from shared.trust.tokens import signing_key
from staffetta.four import FOUR, Part

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


def is_there(directory: Path) -> bool:
    """Whether an installation was made in this directory, to its end."""
    return (directory / _LIST).exists()


def _store(part: Part, directory: Path, closing: ExitStack) -> Store:
    store_file, key_file = (directory / name for name in _files(part))
    with _used(key_file):
        keys = KeyFile(key_file)
    closing.callback(keys.close)
    with _used(store_file):
        store = sqlite_store(part.service, store_file, keys)
    closing.callback(store.close)
    return store


def _files(part: Part) -> tuple[str, str]:
    return f"{part.name}.sqlite", f"keys/{part.name}.keys.sqlite"


def _made_before(directory: Path) -> list[str]:
    if not is_there(directory):
        return []
    return (directory / _LIST).read_text(errors="replace").split()


def _note_what_was_made(directory: Path) -> None:
    made = [name for part in FOUR for name in _files(part)]
    if made != _made_before(directory):
        written = directory / f"{_LIST}.{os.getpid()}.new"
        written.write_text("\n".join(made) + "\n")
        written.replace(directory / _LIST)


@contextmanager
def _used(file: Path) -> Iterator[None]:
    try:
        yield
    except (*TROUBLE, ValueError) as trouble:
        # A key's own parser may quote what it read.
        why = str(trouble) if isinstance(trouble, TROUBLE) else "this is not a key"
        raise Unusable(file, why) from None
