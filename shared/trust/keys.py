"""Keys of persons, per class of data: a store apart from the events, that can forget."""

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from shared.trust.kek import Kek, embedded_kek
from shared.trust.merkle import canonical
from shared.trust.sqlite import write_ahead

_AT_ONCE = 1_000
_KEY_BYTES = 32
ITSELF = "service"  # the subject under which a service keeps secrets of its own


class UnknownKey(Exception):
    """No such key. This is an error, and never by itself a proof of erasure."""


class DestroyedKey(Exception):
    """The keys of this subject were destroyed: nothing of it opens again, and none is made anew."""


class KeyLingers(Exception):
    """What was forgotten may still stand in the file's log: do it again."""


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


class KeyFile:
    """Keys in a SQLite file of their own, mode 0600, beside the store and not within it.

    Each is wrapped under the service's key-encryption key, bound to service, subject and class.
    The service is the first part of the file's name. Nothing unwrapped is kept but the service's
    own secrets: a key that another process destroyed is gone here at the next use.
    """

    def __init__(self, path: Path, kek: Kek | None = None, patience: float = 30) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.chmod(0o600)
        self._service = path.name.partition(".")[0]
        self._lock = threading.Lock()
        self._secrets: dict[str, bytes] = {}
        write_ahead(path)
        self._db = sqlite3.connect(
            path, isolation_level=None, check_same_thread=False, timeout=patience
        )
        try:
            self._prepare()
            self._kek = kek or embedded_kek(path, make=not self._wrapped_under())
            self._wrap_what_is_not()
        except BaseException:
            self._db.close()
            raise

    def key_for(self, subject: str, class_of_data: str) -> bytes:
        with self._lock:
            found = self._find(subject, class_of_data)
            if found is None:
                with self._writing():
                    # Another process may have been first. One transaction: no key may come to be
                    # beside the mark of its destruction, nor under a version that is retired.
                    found = self._find(subject, class_of_data)
                    if found is None:
                        self._refuse_destroyed(subject)
                        found = os.urandom(_KEY_BYTES)
                        self._keep(subject, class_of_data, found)
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
        """As `Keys.destroy`. Raises `KeyLingers` where a reader keeps the file's log from being
        begun anew: the keys are forgotten, but not yet off the disk; call it again."""
        if subject == ITSELF:
            raise ValueError("the service's own secrets are not a person's")
        with self._lock:
            with self._writing():
                self._db.execute("DELETE FROM wrapped WHERE subject = ?", (subject,))
                self._db.execute("INSERT OR IGNORE INTO destroyed VALUES (?)", (subject,))
            self._begin_log_anew()

    def destroyed(self) -> Sequence[str]:
        with self._lock:
            found = self._db.execute("SELECT subject FROM destroyed ORDER BY subject")
            return [str(subject) for (subject,) in found]

    def secret(self, name: str) -> bytes:
        if name not in self._secrets:
            self._secrets[name] = self.key_for(ITSELF, name)
        return self._secrets[name]

    def renew(self, name: str) -> None:
        """Another secret in place of one that is asked for by `key_for(ITSELF, name)` each time."""
        with self._lock:
            with self._writing():
                self._keep(ITSELF, name, os.urandom(_KEY_BYTES))
            self._begin_log_anew()

    def wrapped_under(self) -> dict[int, int]:
        """How many keys are wrapped under each version of the key-encryption key that is kept."""
        with self._lock:
            return dict.fromkeys(self._kek.versions(), 0) | self._wrapped_under()

    def rotate(self, show: Callable[[int, int], None] = lambda _done, _total: None) -> int:
        """Wrap every key under a new version, and retire the older ones; gives the version.

        Safe to kill at any moment: where keys are left under an older version, it goes on with
        these, and begins no further one.
        """
        with self._lock:
            with self._writing():
                if len(self._kek.versions()) == 1:
                    self._kek.rotate()
                current = self._kek.current
            total = sum(self._wrapped_under().values())
            done = self._wrapped_under().get(current, 0)
            while moved := self._rewrap(current):
                done += moved
                show(min(done, total), total)
            self._begin_log_anew()
            self._retire_unused(current)
            return current

    def close(self) -> None:
        self._db.close()

    def _prepare(self) -> None:
        # A key is on the disk before anything is sealed with it, whatever the build's default.
        self._db.execute("PRAGMA synchronous=FULL")
        # A forgotten key must not linger in free pages.
        self._db.execute("PRAGMA secure_delete=ON")
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS wrapped (subject TEXT, class TEXT, version INTEGER NOT"
            " NULL, key BLOB NOT NULL, PRIMARY KEY (subject, class)) WITHOUT ROWID"
        )
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS destroyed (subject TEXT PRIMARY KEY) WITHOUT ROWID"
        )

    def _wrap_what_is_not(self) -> None:
        """What earlier versions kept in the clear, once."""
        there = "SELECT 1 FROM sqlite_master WHERE name = 'keys'"
        if not self._db.execute(there).fetchone():
            return
        with self._writing():
            # Another process may have been first.
            left = self._db.execute(there).fetchone()
            rows = self._db.execute("SELECT * FROM keys").fetchall() if left else []
            for subject, of, key in rows:
                self._keep(subject, of, bytes(key))
            self._db.execute("DROP TABLE IF EXISTS keys")
        self._begin_log_anew()

    def _rewrap(self, current: int) -> int:
        """Some more keys under the current version; how many."""
        with self._writing():
            rows = self._db.execute(
                "SELECT subject, class, version, key FROM wrapped WHERE version < ? LIMIT ?",
                (current, _AT_ONCE),
            ).fetchall()
            for subject, of, version, wrapped in rows:
                key = self._kek.unwrap(version, bytes(wrapped), self._bound(subject, of))
                self._keep(subject, of, key)
        return len(rows)

    def _retire_unused(self, current: int) -> None:
        """Within a transaction, in which nobody else wraps."""
        with self._writing():
            used = self._wrapped_under()
            for version in self._kek.versions():
                if version < current and version not in used:
                    self._kek.retire(version)

    def _wrapped_under(self) -> dict[int, int]:
        counted = "SELECT version, COUNT(*) FROM wrapped GROUP BY version"
        return dict(self._db.execute(counted).fetchall())

    def _keep(self, subject: str, class_of_data: str, key: bytes) -> None:
        version, wrapped = self._kek.wrap(key, self._bound(subject, class_of_data))
        row = (subject, class_of_data, version, wrapped)
        self._db.execute("INSERT OR REPLACE INTO wrapped VALUES (?, ?, ?, ?)", row)

    def _bound(self, subject: str, class_of_data: str) -> bytes:
        return canonical({"service": self._service, "subject": subject, "class": class_of_data})

    @contextmanager
    def _writing(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            self._db.rollback()
            raise

    def _begin_log_anew(self) -> None:
        """What was deleted still stands in the write-ahead log until then."""
        busy, _pages, _moved = self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise KeyLingers("Another process reads the key file: do it again.")

    def _refuse_destroyed(self, subject: str) -> None:
        marked = self._db.execute("SELECT 1 FROM destroyed WHERE subject = ?", (subject,))
        if marked.fetchone():
            raise DestroyedKey("The keys of this subject were destroyed.")

    def _find(self, subject: str, class_of_data: str) -> bytes | None:
        row = self._db.execute(
            "SELECT version, key FROM wrapped WHERE subject = ? AND class = ?",
            (subject, class_of_data),
        ).fetchone()
        if row is None:
            return None
        return self._kek.unwrap(row[0], bytes(row[1]), self._bound(subject, class_of_data))
