"""The commands, as a coordinator meets them."""

from datetime import timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from staffetta import bringing_up, guiding, parked
from staffetta.access.certificates_command import certificates
from staffetta.access.commands import account
from staffetta.access.login_command import login
from staffetta.accounts import UnknownAccount, operators
from staffetta.at_scale import commands as at_scale
from staffetta.audit.commands import audit, verify_export
from staffetta.backup import commands as backups
from staffetta.backup import lost
from staffetta.four import FOUR
from staffetta.keys import keys
from staffetta.nrm.command import load_nrm
from staffetta.own_view import command as own_view
from staffetta.rebuilding import rebuild_services
from staffetta.tables import trace_table
from staffetta.terminal import (
    Data,
    err,
    existing,
    network_in,
    out,
    say,
)
from staffetta.tracing import is_a_case, trace_across
from staffetta.witness.command import watch_from_outside

app = typer.Typer(
    name="staffetta",
    help="Pass people from one pair of hands to the next without dropping anyone.",
    epilog="New here? `staffetta demo` shows a whole journey, with an invented person.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,  # plain: no types in angle brackets, nothing broken by a frame
)
load = typer.Typer(help="Load public statistics, person by person.", no_args_is_help=True)
network = typer.Typer(help="Check a network file.", no_args_is_help=True)
app.add_typer(load, name="load")
app.add_typer(network, name="network")
app.add_typer(at_scale.topics, name="topics")
app.add_typer(at_scale.config, name="config")
app.add_typer(parked.app, name="parked")
app.add_typer(lost.app, name="lost")
app.add_typer(own_view.app, name="person")
app.add_typer(audit, name="audit")
app.add_typer(account, name="account")
app.add_typer(certificates, name="certificates")
app.add_typer(keys, name="keys")
load.command("nrm")(load_nrm)
app.command()(bringing_up.demo)
app.command()(bringing_up.serve)

NAMES = [part.name for part in FOUR]


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"staffetta {version('staffetta')}")
        raise typer.Exit


@app.callback()
def _staffetta(
    _asked: Annotated[
        bool,
        typer.Option(
            "--version", help="Say which version this is.", callback=_version, is_eager=True
        ),
    ] = False,
) -> None:
    pass


@app.command()
def trace(
    case: Annotated[
        str, typer.Argument(metavar="CASE", help="The case's id: `case-` and 32 digits or letters.")
    ],
    data: Data = Path("var"),
) -> None:
    """Show what happened to a case.

    Every change, refusal and read: when, who, for which organisation, what, and under which
    consent. Looking at it is itself recorded.
    """
    if not is_a_case(case):
        raise typer.BadParameter(
            "a case's id is `case-` and 32 digits or letters from a to f", param_hint="CASE"
        )
    with existing(data) as installation:
        lines = trace_across(installation, case)
    if not lines:
        err.print("There is no such case in this installation.")
        raise typer.Exit(1)
    out.print(trace_table(case, lines, out.width), soft_wrap=True)


@app.command()
def rebuild(
    service: Annotated[
        str | None,
        typer.Argument(metavar="SERVICE", help=f"One of {', '.join(NAMES)}; else all four."),
    ] = None,
    data: Data = Path("var"),
) -> None:
    """Make the lists again from the log of facts.

    For when a list shows something else than the traces do, or after an update that asks for it.
    The services can go on serving meanwhile. Nothing of the log is changed.
    """
    if service is not None and service not in NAMES:
        raise typer.BadParameter(f"one of {', '.join(NAMES)}", param_hint="SERVICE")
    with existing(data) as installation:
        rebuild_services(installation, [service] if service else NAMES)


@app.command()
def token(
    operator: Annotated[
        str, typer.Argument(metavar="OPERATOR", help="Who acts: an id of the network file.")
    ],
    hours: Annotated[
        int, typer.Option(min=1, max=24, metavar="HOURS", help="How long it is valid.")
    ] = 8,
    data: Data = Path("var"),
) -> None:
    """Let in as an operator whoever looks after this machine.

    Issues a signed token. Who may read the key file here needs neither password nor code, and
    the token says of neither that it was given. Operators themselves sign in at /session.
    It goes into the header of each request, as `Authorization: Bearer …`. Whoever
    holds it can act for the operator: keep it as you would keep a password.
    """
    with existing(data) as installation:
        try:
            typer.echo(installation.token(operator, timedelta(hours=hours)))
        except UnknownAccount:
            known = ", ".join(operators(data)) or f"none yet. {guiding.NO_NETWORK}"
            raise typer.BadParameter(
                f"no such account here. Accounts: {known}", param_hint="OPERATOR"
            ) from None


@network.command()
def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A network file (TOML).")],
) -> None:
    """Check a network file before it is loaded.

    Each fault is named with its line; where there is one, the command ends with 1.
    """
    found = network_in(file, code=1)
    services = sum(len(organisation.services) for organisation in found.organisations)
    say(
        f"{file}: all is well. Organisations: {len(found.organisations)},"
        f" services: {services}, accounts: {len(found.accounts)}."
    )


app.command("verify")(verify_export)
app.command("witness")(watch_from_outside)
for _command in (
    backups.backup,
    backups.restore,
    at_scale.up,
    at_scale.journey,
    at_scale.run,
    login,
):
    app.command()(_command)
