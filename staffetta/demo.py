"""The main job: the network loaded, one journey taken, its trace shown."""

from pathlib import Path

import httpx
from rich.console import Console

from shared.runtime.trace import TraceLine
from staffetta.installation import Installation
from staffetta.joining import join
from staffetta.journey.client import Network, StepFailed
from staffetta.journey.steps import STEPS, Journey, take
from staffetta.network import read_network
from staffetta.tables import trace_table
from staffetta.tracing import trace_across

NETWORK = Path(__file__).parent.parent / "deploy" / "networks" / "oltre-la-strada.toml"


def play(installation: Installation, address: str, console: Console) -> bool:
    """Play the journey against a served installation. True where each step had its effect."""
    network = read_network(NETWORK)
    joined = join(installation, network)
    console.print(f"[bold]{network.name}[/bold]: {joined} organisations, as in {NETWORK.name}")
    tokens: dict[str, str] = {}

    def token(operator: str) -> str:
        return tokens.setdefault(operator, installation.token(operator))

    with httpx.Client(base_url=address, timeout=60) as http:
        journey = Journey(Network(http, token))
        done = _narrated(journey, console)
    if journey.case:
        lines: list[TraceLine] = trace_across(installation, journey.case)
        console.print(trace_table(journey.case, lines))
    return done


def _narrated(journey: Journey, console: Console) -> bool:
    number = 0
    try:
        for number, title in enumerate(take(journey), 1):
            console.print(f"  [green]✓[/green] {number:2}. {title}")
    except StepFailed as failed:
        console.print(f"  [red]✗[/red] {number + 1:2}. {STEPS[number].title}: {failed}")
        return False
    return True
