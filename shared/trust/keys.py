"""Keys of persons, per class of data: a store apart from the events, that can forget."""

import os
import sqlite3
import threading
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Protocol

from tenacity import Retrying, retry_if_exception, stop_after_delay, wait_random

_KEY_BYTES = 32
_SERVICE = "service"


class UnknownKey(Exception):
    """No such key. This is an error, and never by itself a proof of erasure."""


class DestroyedKey(Exception):
    """The keys of this subject were destroyed: nothing of it opens again, and none is made anew."""


class Keys(Protocol):
    """What the store needs of keys; 32 random bytes each, per subject and class of data."""

    def key_for(self, subject: str, class_of_data: str) -> bytes:
        """The key, made durable first where it is new; or `DestroyedKey`."""
        ...

    def known_key(self, subject: str, class_of_data: str) -> bytes:
        """The key; or `UnknownKey`, or `DestroyedKey`."""
        ...

    def destroy(self, subject: str) -> None:
        """Forget every key of a subject for good, and that there will be none again. Safe to
        repeat; a subject that never had a key is marked all the same."""
        ...

    def destroyed(self) -> Sequence[str]:
        """Every subject whose keys were destroyed, in order."""
        ...

    def secret(self, name: str) -> bytes:
        """A key of the service itself (pseudonyms, digests), made at first use."""
        ...


def _is_busy(error: BaseException) -> bool:
    """Busy or locked, in whatever shade: the low byte of SQLite's extended code."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def write_ahead(path: Path) -> None:
    """Switch a SQLite file to its write-ahead log before it is used.

    SQLite does not wait for its lock here, whatever the timeout: processes that start together
    must try again.
    """
    for attempt in Retrying(
        retry=retry_if_exception(_is_busy),
        stop=stop_after_delay(30),
        wait=wait_random(0, 0.05),
        reraise=True,
    ):
        with attempt, closing(sqlite3.connect(path)) as database:
            database.execute("PRAGMA journal_mode=WAL")


class KeyFile:
    """Keys in a SQLite file of their own, mode 0600, beside the store and not within it."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.chmod(0o600)
        self._lock = threading.Lock()
        self._secrets: dict[str, bytes] = {}
        write_ahead(path)
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
        # A key is on the disk before anything is sealed with it, whatever the build's default.
        self._db.execute("PRAGMA synchronous=FULL")
        # A forgotten key must not linger in free pages.
        self._db.execute("PRAGMA secure_delete=ON")
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS keys (subject TEXT, class TEXT, key BLOB NOT NULL,"
            " PRIMARY KEY (subject, class)) WITHOUT ROWID"
        )
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS destroyed (subject TEXT PRIMARY KEY) WITHOUT ROWID"
        )

    def key_for(self, subject: str, class_of_data: str) -> bytes:
        with self._lock:
            found = self._find(subject, class_of_data)
            if found is None:
                # One statement: a key must not come to be beside the mark of its destruction.
                self._db.execute(
                    "INSERT INTO keys SELECT ?, ?, ? WHERE NOT EXISTS"
                    " (SELECT 1 FROM destroyed WHERE subject = ?) ON CONFLICT DO NOTHING",
                    (subject, class_of_data, os.urandom(_KEY_BYTES), subject),
                )
                # Another process may have been first: read what stands.
                found = self._find(subject, class_of_data)
                if found is None:
                    self._refuse_destroyed(subject)
                    raise UnknownKey("The key store did not keep a new key.")
            return found

    def known_key(self, subject: str, class_of_data: str) -> bytes:
        with self._lock:
            found = self._find(subject, class_of_data)
            if found is None:
                self._refuse_destroyed(subject)
        if found is None:
            raise UnknownKey("There is no key for this subject and class of data.")
        return found

    def destroy(self, subject: str) -> None:
        if subject == _SERVICE:
            raise ValueError("the service's own secrets are not a person's")
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                self._db.execute("DELETE FROM keys WHERE subject = ?", (subject,))
                self._db.execute("INSERT OR IGNORE INTO destroyed VALUES (?)", (subject,))
                self._db.execute("COMMIT")
            except BaseException:
                self._db.rollback()
                raise
            # What was deleted still stands in the write-ahead log until that is begun anew.
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def destroyed(self) -> Sequence[str]:
        with self._lock:
            found = self._db.execute("SELECT subject FROM destroyed ORDER BY subject").fetchall()
        return [str(subject) for (subject,) in found]

    def secret(self, name: str) -> bytes:
        if name not in self._secrets:
            self._secrets[name] = self.key_for(_SERVICE, name)
        return self._secrets[name]

    def close(self) -> None:
        self._db.close()

    def _refuse_destroyed(self, subject: str) -> None:
        marked = self._db.execute("SELECT 1 FROM destroyed WHERE subject = ?", (subject,))
        if marked.fetchone():
            raise DestroyedKey("The keys of this subject were destroyed.")

    def _find(self, subject: str, class_of_data: str) -> bytes | None:
        row = self._db.execute(
            "SELECT key FROM keys WHERE subject = ? AND class = ?", (subject, class_of_data)
        ).fetchone()
        return None if row is None else bytes(row[0])
