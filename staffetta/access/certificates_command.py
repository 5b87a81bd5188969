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


Directory = Annotated[
    Path, typer.Argument(metavar="DIR", help="Where they go; never into a backup.")
]


@certificates.command("make")
def make_certificates(directory: Directory) -> None:
    """Make an authority, and a certificate for each service and the gateway.

    For one machine, and for trying: what is there stays, and what ends within 60 days or is revoked
    is made anew. Give each service its own two files, authority.pem and revoked.crl in one
    directory, and keep authority.key away from all.
    """
    from staffetta.access.certificates import GATEWAY, make  # noqa: PLC0415  # slow, only for this

    if directory.exists() and not directory.is_dir():
        raise typer.BadParameter("that is a file, and no directory", param_hint="DIR")
    try:
        made = make(directory, [*(part.name for part in FOUR), GATEWAY], now())
    except (OSError, ValueError):
        raise typer.BadParameter(
            "files there cannot be read or written, or are no certificates: name a new directory",
            param_hint="DIR",
        ) from None
    say(f"Made: {', '.join(made)}." if made else "All are there, and valid for 60 days at least.")


@certificates.command("revoke")
def revoke_certificate(
    directory: Annotated[
        Path, typer.Argument(metavar="DIR", help="Where `certificates make` put the authority.")
    ],
    certificate: Annotated[
        Path, typer.Argument(metavar="FILE", help="The certificate (.pem), or a copy of it.")
    ],
) -> None:
    """Take a certificate back: from its next connection on nobody lets it in.

    Copy DIR/revoked.crl beside each service's authority.pem; none has to start again.
    `staffetta certificates make` makes the service another, which it reads when it starts.
    """
    from staffetta.access.authority import NotOfThisAuthority, revoke  # noqa: PLC0415  # as above

    try:
        revoke(directory, certificate, now())
    except NotOfThisAuthority:
        raise typer.BadParameter(
            "the authority in DIR did not sign it", param_hint="FILE"
        ) from None
    except (OSError, ValueError):
        raise typer.BadParameter(
            "DIR must hold authority.pem and authority.key, and FILE a certificate",
            param_hint="DIR",
        ) from None
    say("Revoked. Next: revoked.crl beside each authority.pem, then staffetta certificates make")
