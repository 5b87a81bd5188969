"""What the command line does with local accounts. A change of a proof ends every session."""

from dataclasses import dataclass
from datetime import UTC, datetime

from staffetta.access.file import AccessFile
from staffetta.access.passwords import hashed, step_of


class WrongCode(Exception):
    """The code does not belong to the new secret: it was not set up right."""


@dataclass(frozen=True)
class Proofs:
    """What an account has to sign in with."""

    password: bool = False
    code: bool = False
    signed_in: datetime | None = None


def set_password(file: AccessFile, operator: str, password: str) -> None:
    """Replace an account's password, which was checked before."""
    encoded = hashed(password)
    with file.changing() as changes:
        changes.execute(
            "INSERT INTO credentials (operator, password) VALUES (?, ?)"
            " ON CONFLICT (operator) DO UPDATE SET password = excluded.password",
            (operator, encoded),
        )
        changes.execute("DELETE FROM sessions WHERE operator = ?", (operator,))


def set_secret(file: AccessFile, operator: str, secret: bytes, code: str, now: datetime) -> None:
    """Replace the secret of an account's codes, once a first code proves that it was read right;
    that code is spent. Raises `WrongCode`, and then nothing is changed."""
    step = step_of(secret, code, now)
    if step is None:
        raise WrongCode
    with file.changing() as changes:
        changes.execute(
            "INSERT INTO credentials (operator, secret, step) VALUES (?, ?, ?) ON CONFLICT"
            " (operator) DO UPDATE SET secret = excluded.secret, step = excluded.step",
            (operator, secret, step),
        )
        changes.execute("DELETE FROM sessions WHERE operator = ?", (operator,))


def forget(file: AccessFile, operator: str) -> None:
    """An account's proofs and sessions are gone. Safe to repeat."""
    with file.changing() as changes:
        changes.execute("DELETE FROM credentials WHERE operator = ?", (operator,))
        changes.execute("DELETE FROM sessions WHERE operator = ?", (operator,))


def proofs(file: AccessFile, operator: str) -> Proofs:
    row = file.one(
        "SELECT password IS NOT NULL, secret IS NOT NULL, signed_in FROM credentials"
        " WHERE operator = ?",
        operator,
    )
    if row is None:
        return Proofs()
    at = datetime.fromtimestamp(float(str(row[2])), UTC) if row[2] is not None else None
    return Proofs(bool(row[0]), bool(row[1]), at)
