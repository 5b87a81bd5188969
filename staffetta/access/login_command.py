"""`staffetta login`: a token of the provider, for whoever can sign in there."""

import os
import webbrowser
from pathlib import Path
from typing import Annotated

import httpx
import typer

from shared.trust.openid.keys import NotAProvider, discovered, is_private
from staffetta.terminal import complain, err

_PATIENCE_SECONDS = 20.0

Issuer = Annotated[
    str, typer.Option(metavar="URL", envvar="STAFFETTA_OIDC_ISSUER", help="The provider.")
]
ClientName = Annotated[
    str, typer.Option(metavar="NAME", help="The public client registered there for this.")
]
Browser = Annotated[bool, typer.Option(help="Open a browser; else the address is only printed.")]
Device = Annotated[
    bool, typer.Option("--device", help="Sign in on another device, by a code typed there.")
]
Keep = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Write the token there (mode 0600) and not to the screen."),
]


def login(
    issuer: Issuer,
    client: ClientName = "staffetta-cli",
    browser: Browser = True,
    device: Device = False,
    keep: Keep = None,
) -> None:
    """Sign in at the network's OpenID provider, and get a token.

    The token goes to standard output, and all that is said to standard error, so that
    `Authorization: Bearer $(staffetta login)` works. Whoever holds it can act for you until it
    expires.
    """
    if not is_private(issuer):
        raise typer.BadParameter("an address that begins with https://", param_hint="--issuer")
    if keep is not None:
        _can_be_kept(keep)
    token = _signed_in(issuer, client, browser=browser, device=device)
    if keep is None:
        typer.echo(token)
    else:
        _keep(keep, token)


def _signed_in(issuer: str, client: str, *, browser: bool, device: bool) -> str:
    """A token; or wrong use of `--issuer`, or exit code 1 where the provider gives none."""
    # Slow to import, and needed by no other command.
    from staffetta.access.client import Client, NoLogin  # noqa: PLC0415
    from staffetta.access.device import on_another_device  # noqa: PLC0415
    from staffetta.access.login import through_a_browser  # noqa: PLC0415

    try:
        with httpx.Client(timeout=_PATIENCE_SECONDS) as http:
            asking = Client(client, discovered(http, issuer), http)
            if device:
                return on_another_device(asking, _show_code)
            return through_a_browser(asking, lambda address: _open(address, browser))
    except NotAProvider as other:
        raise typer.BadParameter(str(other), param_hint="--issuer") from None
    except (httpx.HTTPError, httpx.InvalidURL):
        raise typer.BadParameter("no provider answers there", param_hint="--issuer") from None
    except NoLogin as refused:
        complain(str(refused))
        raise typer.Exit(1) from None


def _open(address: str, browser: bool) -> None:
    err.print(f"Sign in here: {address}", markup=False, highlight=False, soft_wrap=True)
    if browser:
        webbrowser.open(address)


def _show_code(address: str, code: str) -> None:
    err.print(f"Open {address} and type {code}", markup=False, highlight=False, soft_wrap=True)


def _can_be_kept(file: Path) -> None:
    """Asked before signing in: afterwards the token would be lost."""
    if file.is_dir() or not file.parent.is_dir() or not os.access(file.parent, os.W_OK):
        raise typer.BadParameter(
            "no file can be written there: name one in a directory that is yours",
            param_hint="--keep",
        )


def _keep(file: Path, token: str) -> None:
    """Never readable by others, not even for a moment."""
    new = file.with_name(f"{file.name}.{os.getpid()}.new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as written:
        written.write(token)
    new.replace(file)
