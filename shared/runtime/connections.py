"""SQLite's connections of one store: one that writes, and some that read.

Not the library's pool: there a reader stands in one queue with the writers that wait, and each
connection keeps a single prepared statement, where an append has a dozen.
"""

import sqlite3
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from eventsourcing.persistence import IntegrityError, OperationalError, PersistenceError

# For another process's write; within this process, writers wait at the lock.
_WAIT_SECONDS = 30
_STATEMENTS = 256
# Each holds a page cache of up to 2 MB: one that is more than these is closed after its read.
_READERS_KEPT = 4
# In pages of 4 kB: a commit touches a dozen, mostly others than the one before, and most of them
# again before long. At SQLite's own 1,000 each would be written a second time almost at once.
_CHECKPOINT_PAGES = 8_000


class Connections:
    """Opened when they are first needed; safe to use from several threads.

    Errors are the library's own, whichever store they come from.
    """

    def __init__(self, path: str) -> None:
        self._path, self._closed = path, False
        self._turn = threading.Lock()
        self._writer: sqlite3.Connection | None = None
        self._readers: deque[sqlite3.Connection] = deque()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Cursor]:
        """One transaction, which holds SQLite's write lock from its beginning."""
        with self._turn, _in_the_librarys_words():
            self._writer = self._writer or self._opened()
            cursor = self._writer.cursor()
            cursor.execute("BEGIN IMMEDIATE")
            try:
                yield cursor
                cursor.execute("COMMIT")
            except BaseException:
                self._writer.rollback()
                raise

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Cursor]:
        """Each statement sees what is committed by then, and no writer waits for it."""
        with _in_the_librarys_words():
            connection = self._free_reader() or self._opened()
            try:
                yield connection.cursor()
            finally:
                self._give_back(connection)

    def close(self) -> None:
        with self._turn:
            self._closed = True
            if self._writer is not None:
                self._writer.close()
            while self._readers:
                self._readers.pop().close()

    def _free_reader(self) -> sqlite3.Connection | None:
        with suppress(IndexError):
            return self._readers.pop()
        return None

    def _give_back(self, connection: sqlite3.Connection) -> None:
        if self._closed or len(self._readers) >= _READERS_KEPT:
            connection.close()
        else:
            self._readers.append(connection)

    def _opened(self) -> sqlite3.Connection:
        if self._closed:
            raise sqlite3.ProgrammingError("this store was closed")
        connection = sqlite3.connect(
            self._path,
            timeout=_WAIT_SECONDS,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=_STATEMENTS,
        )
        connection.row_factory = sqlite3.Row
        # Some builds of SQLite choose less: what was acknowledged would not outlive a power cut.
        connection.execute("PRAGMA synchronous=FULL")
        # What is deleted is overwritten: somebody may have been forgotten.
        connection.execute("PRAGMA secure_delete=ON")
        connection.execute(f"PRAGMA wal_autocheckpoint={_CHECKPOINT_PAGES}")
        return connection


@contextmanager
def _in_the_librarys_words() -> Iterator[None]:
    try:
        yield
    except sqlite3.IntegrityError as error:
        raise IntegrityError(error) from error
    except sqlite3.OperationalError as error:
        raise OperationalError(error) from error
    except sqlite3.Error as error:
        raise PersistenceError(error) from error
