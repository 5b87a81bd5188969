"""SQLite's write-ahead log, switched on and emptied by several processes at once."""

import sqlite3
from contextlib import closing
from pathlib import Path

from tenacity import (
    Retrying,
    retry_if_exception,
    retry_if_result,
    stop_after_delay,
    wait_random,
)


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


def empties_the_log(database: sqlite3.Connection, patience: float) -> bool:
    """Move all into the file and leave nothing in its write-ahead log; false where another
    process still reads or writes after `patience` seconds.

    SQLite waits for readers and writers by itself, but never for another's checkpoint.
    """

    def is_emptied() -> bool:
        busy, *_pages = database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy

    return Retrying(
        retry=retry_if_result(lambda emptied: not emptied),
        stop=stop_after_delay(patience),
        wait=wait_random(0, 0.01),
        retry_error_callback=lambda _last: False,
    )(is_emptied)
