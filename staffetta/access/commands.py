"""`staffetta account`: who may sign in on this machine, and with what."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from services.referral.directory.queries import is_registered
from shared.codes import Role
from staffetta.access.accounts import WrongCode, forget, proofs, set_password, set_secret
from staffetta.access.passwords import Unfit, address_of, checked, new_secret, spelled
from staffetta.accounts import UnknownAccount, bearer_of, keep_accounts, operators, remove_account
from staffetta.installation import Installation, now
from staffetta.network import Account
from staffetta.terminal import Data, complain, existing, say

account = typer.Typer(help="Local accounts: who may sign in on this machine.", no_args_is_help=True)
Operator = Annotated[
    str, typer.Argument(metavar="OPERATOR", help="An id that begins with op-, never a name.")
]


@account.command("add")
def add(
    operator: Operator,
    organisation: Annotated[
        str, typer.Option(metavar="ORGANISATION", help="For whom they act: an id of the network.")
    ],
    role: Annotated[list[Role], typer.Option(metavar="ROLE", help="May be given several times.")],
    data: Data = Path("var"),
) -> None:
    """Add an account, or change its organisation and roles.

    Then asks for a password twice; where nobody sits at a terminal it is the first line of
    standard input. `staffetta account totp` sets up the second factor.
    """
    with existing(data) as installation:
        try:
            made = Account(operator=operator, organisation=organisation, roles=frozenset(role))
        except ValidationError as error:
            raise typer.BadParameter(error.errors(include_input=False)[0]["msg"]) from None
        if not is_registered(installation.stores["referral"], organisation):
            raise typer.BadParameter(
                "no such organisation here: load a network file that has it",
                param_hint="--organisation",
            )
        _set_password(installation, operator)
        keep_accounts(data, [made])
    say("Done. Next: staffetta account totp")


@account.command("password")
def password(operator: Operator, data: Data = Path("var")) -> None:
    """Set a password anew; every session of the account ends.

    It is asked for twice, or is the first line of standard input; never an argument, which others
    on the machine could read.
    """
    with existing(data) as installation:
        _is_known(installation, operator)
        _set_password(installation, operator)
    say("Done. Sessions of this account have ended.")


@account.command("totp")
def totp(operator: Operator, data: Data = Path("var")) -> None:
    """Set up one-time codes (RFC 6238) as the second factor.

    Prints what the authenticator application reads, and asks for a first code. Until that is
    right nothing is changed.
    """
    with existing(data) as installation:
        _is_known(installation, operator)
        secret = new_secret()
        say(address_of(secret, operator))
        say(f"Or typed: {spelled(secret)}")
        code = _asked("The code that is shown now", hidden=False).replace(" ", "")
        try:
            set_secret(installation.access, operator, secret, code, now())
        except WrongCode:
            complain(
                "That is not the code of this moment: nothing was changed. Is the clock right?"
            )
            raise typer.Exit(1) from None
    say("Done. Signing in now takes the password and a code.")


@account.command("list")
def list_accounts(data: Data = Path("var")) -> None:
    """List the accounts: for whom, in which roles, and what they sign in with."""
    with existing(data) as installation:
        for operator in operators(data):
            bearer, has = bearer_of(data, operator), proofs(installation.access, operator)
            ways = "password" if has.password else "no password"
            ways += ", codes" if has.code else ", no codes"
            last = f"last signed in {has.signed_in:%Y-%m-%d %H:%M} UTC" if has.signed_in else "-"
            roles = ",".join(sorted(bearer.roles))
            say(f"{operator}  {bearer.organisation}  {roles}  {ways}  {last}")


@account.command("remove")
def remove(operator: Operator, data: Data = Path("var")) -> None:
    """Remove an account; its sessions end at once. What it did stays in the trace.

    A network file that still names it makes it again, without a password, when it is loaded.
    """
    with existing(data) as installation:
        try:
            remove_account(data, operator)
        except UnknownAccount:
            raise _no_account(data) from None
        finally:
            forget(installation.access, operator)
    say("Done.")


def _set_password(installation: Installation, operator: str) -> None:
    given = _asked("Password", hidden=True)
    try:
        set_password(installation.access, operator, checked(given, operator))
    except Unfit as unfit:
        complain(f"Nothing was changed: {unfit}.")
        raise typer.Exit(1) from None


def _asked(what: str, *, hidden: bool) -> str:
    if sys.stdin.isatty():
        return str(typer.prompt(what, hide_input=hidden, confirmation_prompt=hidden))
    return sys.stdin.readline().rstrip("\r\n")


def _is_known(installation: Installation, operator: str) -> None:
    try:
        bearer_of(installation.directory, operator)
    except UnknownAccount:
        raise _no_account(installation.directory) from None


def _no_account(data: Path) -> typer.BadParameter:
    known = ", ".join(operators(data)) or "none yet"
    return typer.BadParameter(f"no such account here. Accounts: {known}", param_hint="OPERATOR")
