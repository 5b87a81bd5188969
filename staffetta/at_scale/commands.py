"""The commands of running at scale."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import httpx
import typer
from pydantic import ValidationError

from shared.runtime.log import set_up
from shared.trust.tokens import Bearer, issue, signing_key
from staffetta.at_scale import topics as broker_topics
from staffetta.at_scale.joining import join_over_http
from staffetta.at_scale.kafka import NoKafka
from staffetta.at_scale.postgres import NoPostgres
from staffetta.at_scale.process import run as run_service
from staffetta.at_scale.settings import Settings
from staffetta.at_scale.up import one_address, together
from staffetta.demo import NETWORK, play_against
from staffetta.installation import now
from staffetta.network import read_network
from staffetta.serving import free_or
from staffetta.terminal import Data, complain, out, say, until_stopped, wrong

app = typer.Typer()
topics = typer.Typer(help="The broker's topics and rights.", no_args_is_help=True)
config = typer.Typer(help="The settings of a service's process.", no_args_is_help=True)
app.add_typer(topics, name="topics")
app.add_typer(config, name="config")
WISHED_PORT = 8291


@app.command()
def up(data: Data = Path("var/up")) -> None:
    """Bring up Kafka, PostgreSQL and the four services as processes, until Ctrl-C."""
    set_up()
    try:
        with (
            together(data) as running,
            one_address(running.services, free_or(WISHED_PORT)) as address,
        ):
            running.wait_until_they_answer()
            with until_stopped():
                say(f"Serving at {address} (data in {data}). Ctrl-C stops.")
                say(f"A journey over it: staffetta journey --against {address} --data {data}")
    except (NoKafka, NoPostgres) as missing:
        complain(str(missing))
        raise typer.Exit(2) from None


@app.command()
def run() -> None:
    """Run one service as this process; its settings come from STAFFETTA_… (see `config check`)."""
    set_up()
    run_service(_settings())


@app.command()
def journey(
    against: Annotated[str, typer.Option(help="The address that `staffetta up` says.")],
    data: Data = Path("var/up"),
) -> None:
    """Play one whole journey against running services; 0 only if each step had its effect."""
    network = read_network(NETWORK)
    key = signing_key(data / "keys" / "token.pem")
    bearers = {
        account.operator: Bearer(account.operator, account.organisation, account.roles)
        for account in network.accounts
    }

    def token(operator: str) -> str:
        return issue(key, bearers[operator], now(), timedelta(minutes=10))

    with httpx.Client(base_url=against, timeout=60) as http:
        try:
            join_over_http(http, network, token)
        except httpx.TransportError:
            wrong("--against", "nobody answers at that address")
            raise typer.Exit(2) from None
    _case, done = play_against(against, token, out)
    raise typer.Exit(0 if done else 1)


@config.command("check")
def check_config() -> None:
    """Say what is wrong with this environment, setting by setting, or that nothing is."""
    settings = _settings()
    out.print(f"The settings of {settings.service} are complete.")


@topics.command("apply")
def apply_topics(replicas: int = 1) -> None:
    """Create the topics and rights that are missing; take away rights that nobody should have."""
    broker_topics.apply(_settings().broker, replicas)
    out.print("Topics and rights are as they should be.")


@topics.command("check")
def check_topics(replicas: int = 1) -> None:
    """Compare the broker's topics and rights with what they should be."""
    found = broker_topics.differences(_settings().broker, replicas)
    for difference in found:
        out.print(difference, markup=False, highlight=False)
    if found:
        raise typer.Exit(1)
    out.print("Topics and rights are as they should be.")


def _settings() -> Settings:
    try:
        return Settings()
    except ValidationError as error:
        for fault in error.errors(include_input=False, include_context=False):
            name = "STAFFETTA_" + "_".join(map(str, fault["loc"])).upper()
            wrong(name, fault["msg"])
        raise typer.Exit(2) from None
