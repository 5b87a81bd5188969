"""The commands of running at scale."""

from pathlib import Path
from typing import Annotated

import httpx
import typer
from pydantic import ValidationError
from rich.console import Console

from shared.runtime.kafka.broker import Broker
from shared.runtime.log import set_up
from shared.trust.tokens import Bearer, issue, signing_key
from staffetta.at_scale import topics as broker_topics
from staffetta.at_scale.process import run as run_service
from staffetta.at_scale.settings import Settings
from staffetta.demo import NETWORK, play_against
from staffetta.installation import now
from staffetta.network import read_network

app = typer.Typer()
topics = typer.Typer(help="The broker's topics, users' rights and their check.",
                     no_args_is_help=True)
config = typer.Typer(help="The settings of a service's process.", no_args_is_help=True)
app.add_typer(topics, name="topics")
app.add_typer(config, name="config")
out, err = Console(), Console(stderr=True)
