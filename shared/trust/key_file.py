"""The embedded key store: a SQLite file, mode 0600, beside the events and not within them."""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from shared.trust.kek import Kek, KekOf, NoKek
from shared.trust.key_store import KeyStore, Statements
from shared.trust.keys import KeyLingers
from shared.trust.sealed_kek import embedded_kek
from shared.trust.sqlite import empties_the_log, write_ahead

_ELSEWHERE = "its keys were moved to another place: name that one in the environment"


def keys_in_file(path: Path, kek_of: KekOf | None = None, patience: float = 30) -> KeyStore:
    """The keys of a file, made where it is missing. The service is the first part of its name.

    Where nothing else is named they are wrapped under the sealed file beside it. `patience`: the
    seconds to wait for another process's write. Raises `NoKek`.
    """

    def beside(make: bool) -> Kek:
        return embedded_kek(path, make=make)

    shelf = _FileShelf(path, patience)
    try:
        store = KeyStore(path.name.partition(".")[0], shelf, kek_of or beside)
        _wrap_what_is_not(shelf, store)
    except BaseException:
        shelf.close()
        raise
    return store


class MovedAway(NoKek):
    """The keys of this file are kept elsewhere by now."""


def give_up(at: Statements) -> None:
    """Nothing is to be read here or made any more, by whoever has the file open either. Within
    `writing`; `KeyStore.sweep` afterwards takes what stood here off the disk."""
    for table in ("wrapped", "destroyed"):
        at.rows(f"DROP TABLE {table}")
    at.rows("CREATE TABLE moved (elsewhere INTEGER)")


class _FileShelf:
    def __init__(self, path: Path, patience: float) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.chmod(0o600)
        self._turn, self._patience = threading.Lock(), patience
        write_ahead(path)
        self._db = sqlite3.connect(
            path, isolation_level=None, check_same_thread=False, timeout=patience
        )
        # A key is on the disk before anything is sealed with it, whatever the build's default.
        self._db.execute("PRAGMA synchronous=FULL")
        # A forgotten key must not linger in free pages.
        self._db.execute("PRAGMA secure_delete=ON")
        if self._moved():
            self._swept()
            self.close()
            raise MovedAway(_ELSEWHERE)
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS wrapped (subject TEXT, class TEXT, version INTEGER NOT"
            " NULL, key BLOB NOT NULL, PRIMARY KEY (subject, class)) WITHOUT ROWID"
        )
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS destroyed (subject TEXT PRIMARY KEY) WITHOUT ROWID"
        )

    @contextmanager
    def reading(self) -> Iterator["_FileShelf"]:
        with self._turn:
            yield self

    @contextmanager
    def writing(self) -> Iterator["_FileShelf"]:
        with self._turn:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self
                self._db.execute("COMMIT")
            except BaseException:
                self._db.rollback()
                raise

    def rows(self, sql: str, given: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        try:
            return self._db.execute(sql, given).fetchall()
        except sqlite3.OperationalError:
            if self._moved():
                raise MovedAway(_ELSEWHERE) from None
            raise

    def many(self, sql: str, given: Sequence[Sequence[Any]]) -> None:
        self._db.executemany(sql, given)

    def sweep(self) -> None:
        """What was deleted still stands in the write-ahead log until that is begun anew."""
        with self._turn:
            self._swept()

    def _swept(self) -> None:
        if not empties_the_log(self._db, self._patience):
            raise KeyLingers("Another process reads the key file: do it again.")

    def _moved(self) -> bool:
        there = "SELECT 1 FROM sqlite_master WHERE name = 'moved'"
        return bool(self._db.execute(there).fetchall())

    def close(self) -> None:
        self._db.close()


def _wrap_what_is_not(shelf: _FileShelf, store: KeyStore) -> None:
    """What earlier versions kept in the clear, once."""
    there = "SELECT 1 FROM sqlite_master WHERE name = 'keys'"
    if not shelf.rows(there):
        return
    with shelf.writing() as at:
        # Another process may have been first.
        for subject, of, key in at.rows("SELECT * FROM keys") if at.rows(there) else []:
            store.keep(at, subject, of, bytes(key))
        at.rows("DROP TABLE IF EXISTS keys")
    shelf.sweep()
