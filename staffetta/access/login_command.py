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


def login(
    issuer: Annotated[
        str, typer.Option(metavar="URL", envvar="STAFFETTA_OIDC_ISSUER", help="The provider.")
    ],
    client: Annotated[
        str, typer.Option(metavar="NAME", help="The public client registered there for this.")
    ] = "staffetta-cli",
    browser: Annotated[
        bool, typer.Option(help="Open a browser; else the address is only printed.")
    ] = True,
    device: Annotated[
        bool, typer.Option("--device", help="Sign in on another device, by a code typed there.")
    ] = False,
    keep: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Write the token there (mode 0600) and not to the screen."
        ),
    ] = None,
) -> None:
    """Sign in at the network's OpenID provider, and get a token.

    The token goes to standard output, and all that is said to standard error, so that
    `Authorization: Bearer $(staffetta login)` works. Whoever holds it can act for you until it
    expires.
    """
    # Slow to import, and needed by no other command.
    from staffetta.access.login import (  # noqa: PLC0415
        Client,
        NoLogin,
        on_another_device,
        through_a_browser,
    )

    if not is_private(issuer):
        raise typer.BadParameter("an address that begins with https://", param_hint="--issuer")
    try:
        with httpx.Client(timeout=_PATIENCE_SECONDS) as http:
            asking = Client(client, discovered(http, issuer), http)
            token = (
                on_another_device(asking, _show_code)
                if device
                else through_a_browser(asking, lambda address: _open(address, browser))
            )
    except NotAProvider as other:
        raise typer.BadParameter(str(other), param_hint="--issuer") from None
    except httpx.HTTPError:
        raise typer.BadParameter("no provider answers there", param_hint="--issuer") from None
    except NoLogin as refused:
        complain(str(refused))
        raise typer.Exit(1) from None
    if keep is None:
        typer.echo(token)
    else:
        _keep(keep, token)


def _open(address: str, browser: bool) -> None:
    err.print(f"Sign in here: {address}", markup=False, highlight=False, soft_wrap=True)
    if browser:
        webbrowser.open(address)


def _show_code(address: str, code: str) -> None:
    err.print(f"Open {address} and type {code}", markup=False, highlight=False, soft_wrap=True)


def _keep(file: Path, token: str) -> None:
    """Never readable by others, not even for a moment."""
    new = file.with_name(f"{file.name}.{os.getpid()}.new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as written:
        written.write(token)
    new.replace(file)
