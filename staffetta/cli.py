"""The command line. Exit codes: 0 done, 1 a check said no, 2 wrong use."""

import logging
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from shared.runtime.log import set_up
from staffetta import demo as demonstration
from staffetta.four import FOUR
from staffetta.installation import UnknownAccount, operators, running
from staffetta.joining import join
from staffetta.nrm.command import load_nrm
from staffetta.rebuilding import rebuild_services
from staffetta.serving import PortTaken, free_or, listening, served
from staffetta.tables import trace_table
from staffetta.terminal import Data, err, existing, keep_serving, network_in, opened, out
from staffetta.tracing import trace_across

app = typer.Typer(
    name="staffetta",
    help="Pass people from one pair of hands to the next without dropping anyone.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
load = typer.Typer(help="Load real input at volume.", no_args_is_help=True)
network = typer.Typer(
    help="The network's file: its organisations and accounts.", no_args_is_help=True
)
app.add_typer(load, name="load")
app.add_typer(network, name="network")
load.command("nrm")(load_nrm)

WISHED_PORT = 8290  # the hotline is 800 290 290


@app.command()
def demo(
    once: Annotated[bool, typer.Option("--once", help="Stop when the journey is over.")] = False,
    data: Data = Path("var/demo"),
) -> None:
    """Bring up the four services, load Oltre la Strada, and play one whole journey.

    Then keeps serving until Ctrl-C. With --once it stops, and exits 0 only if each step had the
    effect that it should have had.
    """
    set_up(logging.WARNING)
    with (
        opened(data) as installation,
        running(installation),
        served(installation, free_or(WISHED_PORT)) as address,
    ):
        done = demonstration.play(installation, address, out)
        if once or not done:
            raise typer.Exit(0 if done else 1)
        keep_serving(address, data)


@app.command()
def serve(
    data: Data = Path("var"),
    port: Annotated[
        int | None, typer.Option(help="A port on loopback; else 8290, or any free one.")
    ] = None,
    network_file: Annotated[
        Path | None, typer.Option("--network", help="Load this network file first.")
    ] = None,
) -> None:
    """Serve the four services on loopback until Ctrl-C."""
    set_up()
    described = network_in(network_file) if network_file else None
    try:
        where = free_or(WISHED_PORT) if port is None else listening(port)
    except (PortTaken, OverflowError):
        raise typer.BadParameter(
            "nobody can listen there: choose another port, or leave it out", param_hint="--port"
        ) from None
    with opened(data) as installation, running(installation):
        if described:
            join(installation, described)
        with served(installation, where) as address:
            keep_serving(address, data)


@app.command()
def trace(
    case: Annotated[str, typer.Argument(help="The case's id, as in case-0123…")],
    data: Data = Path("var"),
) -> None:
    """Show what happened to a case: when, who, which organisation, what, under which consent."""
    with existing(data) as installation:
        lines = trace_across(installation, case)
    if not lines:
        err.print("There is no such case in this installation.")
        raise typer.Exit(1)
    out.print(trace_table(case, lines))


@app.command()
def rebuild(
    service: Annotated[
        str | None, typer.Argument(help="One service; all four where it is left out.")
    ] = None,
    data: Data = Path("var"),
) -> None:
    """Make the read tables again from the log, also while the services serve."""
    names = [part.name for part in FOUR]
    if service is not None and service not in names:
        raise typer.BadParameter(f"one of {', '.join(names)}", param_hint="SERVICE")
    with existing(data) as installation:
        rebuild_services(installation, [service] if service else names, out)


@app.command()
def token(
    operator: Annotated[str, typer.Argument(help="The operator id of a local account.")],
    hours: Annotated[int, typer.Option(min=1, max=24, help="How long it is valid.")] = 8,
    data: Data = Path("var"),
) -> None:
    """Issue a signed token for a local account, to be sent as `Authorization: Bearer …`."""
    with existing(data) as installation:
        try:
            typer.echo(installation.token(operator, timedelta(hours=hours)))
        except UnknownAccount:
            known = ", ".join(operators(data)) or "none yet: load a network file with `serve`"
            raise typer.BadParameter(
                f"no such account here. Accounts: {known}", param_hint="OPERATOR"
            ) from None


@network.command()
def check(file: Annotated[Path, typer.Argument(help="A network file (TOML).")]) -> None:
    """Check a network file; each fault is named with its line."""
    found = network_in(file, code=1)
    services = sum(len(organisation.services) for organisation in found.organisations)
    out.print(
        f"{file}: {len(found.organisations)} organisations, {services} services,"
        f" {len(found.accounts)} accounts. All is well."
    )


def main() -> None:
    app()
