"""Attempts to sign in, counted where a restart does not forget them."""

import hashlib
import sqlite3
from datetime import datetime

from staffetta.access.file import AccessFile
from staffetta.access.throttle import ALL_ACCOUNTS, ONE_ACCOUNT, Patience, wait

_EVERYBODY = "*"
_FORGOTTEN_SECONDS = 24 * 3600.0


class TooSoon(Exception):
    """The next attempt is taken in so many seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__("too soon")
        self.seconds = seconds


def begin(file: AccessFile, operator: str, now: datetime) -> None:
    """Count an attempt as failed before its password is looked at, so that many at once are no
    way around; `TooSoon` where it must wait: then it is not looked at, be it right or wrong."""
    at = now.timestamp()
    with file.changing() as changes:
        changes.execute("DELETE FROM failures WHERE last < ?", (at - _FORGOTTEN_SECONDS,))
        waits = [
            _wait(changes, _who(operator), ONE_ACCOUNT, at),
            _wait(changes, _EVERYBODY, ALL_ACCOUNTS, at),
        ]
        if max(waits) > 0:
            raise TooSoon(max(waits))
        for who in (_who(operator), _EVERYBODY):
            changes.execute(
                "INSERT INTO failures VALUES (?, 1, ?) ON CONFLICT (who)"
                " DO UPDATE SET count = count + 1, last = MAX(last, excluded.last)",
                (who, at),
            )


def succeeded(changes: sqlite3.Connection, operator: str) -> None:
    """Of this account nothing is held against anybody; of all, no more than this attempt."""
    changes.execute("DELETE FROM failures WHERE who = ?", (_who(operator),))
    changes.execute("UPDATE failures SET count = MAX(count - 1, 0) WHERE who = ?", (_EVERYBODY,))


def _wait(changes: sqlite3.Connection, who: str, patience: Patience, at: float) -> float:
    row = changes.execute("SELECT count, last FROM failures WHERE who = ?", (who,)).fetchone()
    return wait(row[0], at - row[1], patience) if row else 0.0


def _who(operator: str) -> str:
    # What was typed may be anybody's name, or a password in the wrong field: it is not kept.
    return hashlib.sha256(operator.encode(errors="replace")).hexdigest()
