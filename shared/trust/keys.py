"""Keys of persons, per class of data: a store apart from the events, that can forget."""

import os
import sqlite3
import threading
from contextlib import closing
from pathlib import Path
from typing import Protocol

from tenacity import Retrying, retry_if_exception, stop_after_delay, wait_random

_KEY_BYTES = 32


class UnknownKey(Exception):
    """No such key. This is an error, and never by itself a proof of erasure."""


class Keys(Protocol):
    """What the store needs of keys; 32 random bytes each, per subject and class of data."""

    def key_for(self, subject: str, class_of_data: str) -> bytes:
        """The key, made durable first where it is new."""
        ...

    def known_key(self, subject: str, class_of_data: str) -> bytes:
        """The key, or `UnknownKey`."""
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

    def key_for(self, subject: str, class_of_data: str) -> bytes:
        with self._lock:
            found = self._find(subject, class_of_data)
            if found is None:
                self._db.execute(
                    "INSERT INTO keys VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                    (subject, class_of_data, os.urandom(_KEY_BYTES)),
                )
                # Another process may have been first: read what stands.
                found = self._find(subject, class_of_data)
            if found is None:
                raise UnknownKey("The key store did not keep a new key.")
            return found

    def known_key(self, subject: str, class_of_data: str) -> bytes:
        with self._lock:
            found = self._find(subject, class_of_data)
        if found is None:
            raise UnknownKey("There is no key for this subject and class of data.")
        return found

    def secret(self, name: str) -> bytes:
        if name not in self._secrets:
            self._secrets[name] = self.key_for("service", name)
        return self._secrets[name]

    def close(self) -> None:
        self._db.close()

    def _find(self, subject: str, class_of_data: str) -> bytes | None:
        row = self._db.execute(
            "SELECT key FROM keys WHERE subject = ? AND class = ?", (subject, class_of_data)
        ).fetchone()
        return None if row is None else bytes(row[0])
