"""`staffetta certificates`: how services know each other at scale."""

from pathlib import Path
from typing import Annotated

import typer

from staffetta.four import FOUR
from staffetta.installation import now
from staffetta.terminal import say

certificates = typer.Typer(
    help="Certificates by which the services know each other.", no_args_is_help=True
)


@certificates.command("make")
def make_certificates(
    directory: Annotated[
        Path, typer.Argument(metavar="DIR", help="Where they go; never into a backup.")
    ],
) -> None:
    """Make an authority, and a certificate for each service and the gateway.

    For one machine, and for trying: what is there stays, and what ends within 60 days is renewed.
    Give each service its own two files and authority.pem, and keep authority.key away from all.
    """
    from staffetta.access.certificates import GATEWAY, make  # noqa: PLC0415  # slow, only for this

    if directory.exists() and not directory.is_dir():
        raise typer.BadParameter("that is a file, and no directory", param_hint="DIR")
    made = make(directory, [*(part.name for part in FOUR), GATEWAY], now())
    say(f"Made: {', '.join(made)}." if made else "All are there, and valid for 60 days at least.")


@certificates.callback()
def _certificates() -> None:
    # With one command alone the library would leave out its name.
    pass
