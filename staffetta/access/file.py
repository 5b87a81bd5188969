"""What is kept of local accounts beside their names: a SQLite file of mode 0600."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from shared.trust.sqlite import write_ahead

_TABLES = (
    "CREATE TABLE IF NOT EXISTS credentials (operator TEXT PRIMARY KEY, password TEXT,"
    " secret BLOB, step INTEGER NOT NULL DEFAULT 0, signed_in REAL) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS failures (who TEXT PRIMARY KEY, count INTEGER NOT NULL,"
    " last REAL NOT NULL) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS sessions (token BLOB PRIMARY KEY, operator TEXT NOT NULL,"
    " began REAL NOT NULL, used REAL NOT NULL) WITHOUT ROWID",
)


class AccessFile:
    """Password hashes, secrets of one-time codes, failures and sessions. Safe among threads and
    processes: the command line changes accounts while the services run."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.chmod(0o600)
        self._lock = threading.Lock()
        write_ahead(path)
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
        # What ended must not linger in free pages.
        self._db.execute("PRAGMA secure_delete=ON")
        for table in _TABLES:
            self._db.execute(table)

    @contextmanager
    def changing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, alone; nothing of it stays where it raises."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                self._db.rollback()
                raise

    def one(self, statement: str, *values: object) -> tuple[object, ...] | None:
        with self._lock:
            row: tuple[object, ...] | None = self._db.execute(statement, values).fetchone()
        return row

    def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._db.execute(statement, values).fetchall()

    def close(self) -> None:
        self._db.close()
