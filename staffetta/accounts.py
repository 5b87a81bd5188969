"""The local accounts of an installation: who may have a token, for which organisation."""

import os
from collections.abc import Iterable
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from shared.trust.tokens import Bearer
from staffetta.faults import Fault, FaultyFile
from staffetta.network import Account

_ACCOUNTS = "accounts.json"
_FILE = TypeAdapter(list[Account])


class UnknownAccount(Exception):
    """Nobody of this operator id has an account in this installation."""


def keep_accounts(directory: Path, accounts: Iterable[Account]) -> None:
    """Add local accounts, or change the organisation and roles of those that are there."""
    known = _accounts(directory)
    for account in accounts:
        known[account.operator] = account
    _write(directory, known.values())


def _write(directory: Path, accounts: Iterable[Account]) -> None:
    written = directory / f"{_ACCOUNTS}.{os.getpid()}.new"
    written.write_bytes(_FILE.dump_json(list(accounts), indent=1))
    written.replace(directory / _ACCOUNTS)


def bearer_of(directory: Path, operator: str) -> Bearer:
    """Whom a token for this operator names; `UnknownAccount` where there is no account."""
    account = _accounts(directory).get(operator)
    if account is None:
        raise UnknownAccount
    return Bearer(operator, account.organisation, frozenset(account.roles))


def known_bearer(directory: Path, operator: str) -> Bearer | None:
    """Whom a session of this operator names; None where there is no account any more."""
    try:
        return bearer_of(directory, operator)
    except UnknownAccount:
        return None


def remove_account(directory: Path, operator: str) -> None:
    """Nobody acts as this operator any more; `UnknownAccount` where nobody did."""
    known = _accounts(directory)
    if known.pop(operator, None) is None:
        raise UnknownAccount
    _write(directory, known.values())


def operators(directory: Path) -> list[str]:
    """The operator ids that have an account here."""
    return sorted(_accounts(directory))


def _accounts(directory: Path) -> dict[str, Account]:
    path = directory / _ACCOUNTS
    if not path.exists():
        return {}
    try:
        return {account.operator: account for account in _FILE.validate_json(path.read_bytes())}
    except ValidationError:
        rule = "not a list of accounts: remove it, and load the network file again"
        raise FaultyFile([Fault(str(path), 1, "", rule)]) from None
