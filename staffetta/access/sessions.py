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
_SHOWN = 12  # hexadecimal digits by which an operator tells sessions apart


class NotLetIn(Exception):
    """Operator, password and code do not belong together; which of them is wrong stays untold."""


@dataclass(frozen=True)
class Session:
    """One of an operator's own. `name`: what the file keeps instead of the token."""

    name: bytes
    began: datetime
    used: datetime

    @property
    def id(self) -> str:
        return self.name.hex()[:_SHOWN]

    def told(self, token: str) -> dict[str, str | bool]:
        """Times in UTC; the last use to within fifteen seconds. `this_one`: the token's own."""
        times = {"began": self.began.isoformat(), "last_used": self.used.isoformat()}
        return {"id": self.id, **times, "this_one": self.name == _named(token)}


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
        oldest, idle = self._ended_before(now)
        if began <= oldest or used <= idle:
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
        return Bearer(operator, bearer.organisation, bearer.roles, _moment(began), FACTORS)

    def end(self, token: str) -> bool:
        """End a session at once; whether there was one."""
        with self.file.changing() as changes:
            ended = changes.execute("DELETE FROM sessions WHERE token = ?", (_named(token),))
            return ended.rowcount > 0

    def of(self, operator: str, now: datetime) -> list[Session]:
        """Those of an operator that have not ended, the last begun first."""
        rows = self.file.rows(
            "SELECT token, began, used FROM sessions WHERE operator = ? AND began > ? AND used > ?"
            " ORDER BY began DESC, token",
            operator,
            *self._ended_before(now),
        )
        return [Session(token, _moment(began), _moment(used)) for token, began, used in rows]

    def end_own(self, operator: str, session: str | None) -> bool:
        """End one of an operator's sessions by its id, or all; whether there was one."""
        with self.file.changing() as changes:
            ended = changes.execute(
                "DELETE FROM sessions WHERE operator = ?"
                " AND (? IS NULL OR substr(lower(hex(token)), 1, ?) = ?)",
                (operator, session, _SHOWN, session),
            )
            return ended.rowcount > 0

    def _ended_before(self, now: datetime) -> tuple[float, float]:
        """When those began, or were used last, that have ended by now."""
        at = now.timestamp()
        return at - LIFETIME.total_seconds(), at - self.idle.total_seconds()

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
            over = self._ended_before(now)
            changes.execute("DELETE FROM sessions WHERE began <= ? OR used <= ?", over)
            named = _named(token)
            changes.execute("INSERT INTO sessions VALUES (?, ?, ?, ?)", (named, operator, at, at))
        return token


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _named(token: str) -> bytes:
    # Whoever reads the file learns no token. It is random enough to need no salt.
    return hashlib.sha256(token.encode(errors="replace")).digest()
