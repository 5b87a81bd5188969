"""The four services in one process, as a coordinator brings them up."""

import logging
import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from shared.runtime.log import set_up
from shared.trust.openid.reading import Provider
from staffetta import demo as demonstration
from staffetta import guiding
from staffetta.installation import running
from staffetta.joining import join
from staffetta.serving import free_or, served
from staffetta.telemetry import traced
from staffetta.terminal import Data, err, network_in, opened, out, port_of, until_stopped

WISHED_PORT = 8290  # the hotline is 800 290 290


def demo(
    once: Annotated[bool, typer.Option("--once", help="Stop when the journey is over.")] = False,
    data: Data = Path("var/demo"),
) -> None:
    """Show an invented person's whole journey, then keep serving.

    Brings up the four services on this machine, loads the network Oltre la Strada, takes a
    person from the first call to the last statistics through the real API, and prints the trace.
    Serves until Ctrl-C. With `--once` it stops after the journey, and ends with 0 only if each
    step had the effect that it should have had, else with 1.
    """
    set_up(logging.WARNING)
    with (
        traced("one-process"),
        opened(data) as installation,
        running(installation),
        served(installation, free_or(WISHED_PORT)) as address,
    ):
        case, done = demonstration.play(installation, address, out)
        if case:
            guiding.look_again(case, data)
        if once or not done:
            raise typer.Exit(0 if done else 1)
        with until_stopped():
            guiding.serving(address, data)
            guiding.ask_over_http(address, f"/identification/cases/{case}/trace", data)


def serve(
    data: Data = Path("var"),
    port: Annotated[
        int | None,
        typer.Option(
            metavar="PORT", help="A port of this machine. Else 8290, or any that is free."
        ),
    ] = None,
    network_file: Annotated[
        Path | None,
        typer.Option(
            "--network", metavar="FILE", help="First load this network file, or what changed in it."
        ),
    ] = None,
    idle: Annotated[
        int, typer.Option(min=1, max=60, metavar="MINUTES", help="A session ends when unused.")
    ] = 15,
) -> None:
    """Serve the four services until Ctrl-C.

    They answer to this machine only. A network file says which organisations there are, what
    they offer, and who has an account. Operators sign in at /session with a password and a
    code: see `staffetta account`. With STAFFETTA_OIDC_ISSUER set, tokens of that provider let in
    too.
    """
    set_up()
    provider = _provider()
    described = network_in(network_file) if network_file else None
    where = port_of(port, WISHED_PORT)
    with where, traced("one-process"), opened(data) as installation, running(installation):
        if described:
            for kept in join(installation, described):
                err.print(f"{network_file}: {kept}", markup=False, highlight=False, soft_wrap=True)
        opened_to = replace(installation, provider=provider, idle=timedelta(minutes=idle))
        with served(opened_to, where) as address, until_stopped():
            guiding.serving(address, data)
            guiding.sign_in(data)


def _provider() -> Provider | None:
    """The provider that the environment names; only who names one waits for what reads settings."""
    if not any(name.startswith("STAFFETTA_OIDC_") for name in os.environ):
        return None
    from staffetta.access.settings import ProviderSettings  # noqa: PLC0415
    from staffetta.at_scale.environment import demanded, settings_of  # noqa: PLC0415

    with demanded():
        return settings_of(ProviderSettings).provider
