"""Sessions of local accounts: they end when nobody uses them, after a day's work, or at once."""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from shared.trust.tokens import Bearer, NoToken
from staffetta.access import attempts
from staffetta.access.file import AccessFile
from staffetta.access.passwords import is_password, new_secret, step_of

PREFIX = "session."
IDLE = timedelta(minutes=15)
LIFETIME = timedelta(hours=10)
FACTORS = frozenset({"pwd", "otp"})  # RFC 8176, 2
# Not every request is written down: idle time is right to within these.
_COARSE = timedelta(seconds=15)
_NOBODYS_SECRET = new_secret()


class NotLetIn(Exception):
    """Operator, password and code do not belong together; which of them is wrong stays untold."""


@dataclass(frozen=True)
class Sessions:
    """The sessions of an installation. `bearer`: whom an operator's id names today, or None."""

    file: AccessFile
    bearer: Callable[[str], Bearer | None]
    idle: timedelta = IDLE

    def begin(self, operator: str, password: str, code: str, now: datetime) -> str:
        """A new session's token. Raises `NotLetIn`, or `TooSoon`.

        The same work is done whether there is such an account or not.
        """
        attempts.begin(self.file, operator, now)
        row = self.file.one(
            "SELECT password, secret FROM credentials WHERE operator = ?", operator
        ) or (None, None)
        encoded, secret = (row[0] if isinstance(row[0], str) else None), row[1]
        right = is_password(password, encoded)
        step = step_of(secret if isinstance(secret, bytes) else _NOBODYS_SECRET, code, now)
        known = isinstance(secret, bytes) and self.bearer(operator) is not None
        if not (right and known) or step is None:
            raise NotLetIn
        return self._begun(operator, step, now)

    def read(self, token: str, now: datetime) -> Bearer:
        """Whom a session names; `NoToken` where it has ended, or never began."""
        named, at = _named(token), now.timestamp()
        row = self.file.one("SELECT operator, began, used FROM sessions WHERE token = ?", named)
        if row is None:
            raise NoToken("of no session")
        operator, began, used = str(row[0]), float(str(row[1])), float(str(row[2]))
        if at >= used + self.idle.total_seconds() or at >= began + LIFETIME.total_seconds():
            self.end(token)
            raise NoToken("expired")
        bearer = self.bearer(operator)
        if bearer is None:
            raise NoToken("of no account")
        if at >= used + _COARSE.total_seconds():
            with self.file.changing() as changes:
                changes.execute(
                    "UPDATE sessions SET used = ? WHERE token = ? AND used < ?", (at, named, at)
                )
        proved = datetime.fromtimestamp(began, UTC)
        return Bearer(operator, bearer.organisation, bearer.roles, proved, FACTORS)

    def end(self, token: str) -> bool:
        """End a session at once; whether there was one."""
        with self.file.changing() as changes:
            ended = changes.execute("DELETE FROM sessions WHERE token = ?", (_named(token),))
            return ended.rowcount > 0

    def _begun(self, operator: str, step: int, now: datetime) -> str:
        token, at = PREFIX + secrets.token_urlsafe(32), now.timestamp()
        with self.file.changing() as changes:
            # A code is good once (RFC 6238, 5.2), for whoever comes first.
            spent = changes.execute(
                "UPDATE credentials SET step = ?, signed_in = ? WHERE operator = ? AND step < ?",
                (step, at, operator, step),
            )
            if not spent.rowcount:
                raise NotLetIn
            attempts.succeeded(changes, operator)
            oldest, idle = at - LIFETIME.total_seconds(), at - self.idle.total_seconds()
            changes.execute("DELETE FROM sessions WHERE began < ? OR used < ?", (oldest, idle))
            named = _named(token)
            changes.execute("INSERT INTO sessions VALUES (?, ?, ?, ?)", (named, operator, at, at))
        return token


def _named(token: str) -> bytes:
    # Whoever reads the file learns no token. It is random enough to need no salt.
    return hashlib.sha256(token.encode(errors="replace")).digest()
