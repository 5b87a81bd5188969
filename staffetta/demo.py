"""The main job: the network loaded, one journey taken, its trace shown."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import httpx
from rich.console import Console

from staffetta.installation import Installation
from staffetta.joining import join
from staffetta.journey.client import Network, StepFailed
from staffetta.journey.looking import Journey
from staffetta.journey.steps import STEPS, take
from staffetta.network import read_network
from staffetta.tables import trace_table
from staffetta.tracing import trace_across

NETWORK = Path(__file__).parent.parent / "deploy" / "networks" / "oltre-la-strada.toml"


def play(installation: Installation, address: str, console: Console) -> tuple[str, bool]:
    """Play the journey against a served installation, and show its trace.

    Returns the case (empty where none was opened), and whether each step had its effect.
    """
    network = read_network(NETWORK)
    join(installation, network)
    members = len(network.organisations)
    console.print(f"[bold]{network.name}[/bold]: {members} organisations, as in {NETWORK.name}")
    case, done = play_against(address, installation.token, console)
    if case:
        lines = trace_across(installation, case)
        console.print(trace_table(case, lines, console.width), soft_wrap=True)
    return case, done


def play_against(address: str, token: Callable[[str], str], console: Console) -> tuple[str, bool]:
    """Play the journey through the API at an address; `token` gives an operator's."""
    with httpx.Client(base_url=address, timeout=60) as http:
        journey = Journey(Network(http, cache(token)))
        done = _narrated(journey, console)
    return journey.case, done


def _narrated(journey: Journey, console: Console) -> bool:
    number = 0
    try:
        for number, title in enumerate(take(journey), 1):
            console.print(f"  [green]✓[/green] {number:2}. {title}")
    except StepFailed as failed:
        console.print(f"  [red]✗[/red] {number + 1:2}. {STEPS[number].title}: {failed}")
        return False
    return True
