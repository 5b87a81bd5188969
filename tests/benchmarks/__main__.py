"""`python -m tests.benchmarks`: how fast it is, as ratios, on both stores, in one run."""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from tests.benchmarks.access import access
from tests.benchmarks.appending import append
from tests.benchmarks.figures import Figure, show
from tests.benchmarks.loading import loading
from tests.benchmarks.memory import memory
from tests.benchmarks.nrm import nrm
from tests.benchmarks.over_http import over_http
from tests.benchmarks.protection import protection
from tests.benchmarks.rebuilding import rebuilding
from tests.benchmarks.rewrapping import rewrapping
from tests.benchmarks.rounds import FULL, QUICK, Effort
from tests.benchmarks.verifying import verifying
from tests.support.stores import STORES, drop_databases, postgres_server


class Part(StrEnum):
    APPEND = "append"
    HTTP = "http"
    LOAD = "load"
    REBUILD = "rebuild"
    MEMORY = "memory"
    NRM = "nrm"
    KEYS = "keys"
    VERIFY = "verify"
    ACCESS = "access"
    PROTECTION = "protection"


Measurement = Callable[[str, Path, Effort], Iterator[Figure]]
_MEASUREMENTS: Mapping[Part, tuple[Measurement, tuple[str, ...]]] = {
    Part.APPEND: (append, STORES),
    Part.HTTP: (over_http, STORES),
    Part.LOAD: (loading, STORES),
    Part.REBUILD: (rebuilding, STORES),
    # The embedded default is SQLite.
    Part.MEMORY: (memory, ("sqlite",)),
    Part.NRM: (nrm, ("sqlite",)),
    Part.KEYS: (rewrapping, ("sqlite",)),
    # An export is the same whatever it came from.
    Part.VERIFY: (verifying, ("sqlite",)),
    # No store is asked: the facts are handed in.
    Part.ACCESS: (access, ("sqlite",)),
    Part.PROTECTION: (protection, STORES),
}
_progress = Console(stderr=True)


def main(
    quick: Annotated[bool, typer.Option("--quick", help="Few rounds: a first look.")] = False,
    only: Annotated[list[Part] | None, typer.Option(help="Measure only this.")] = None,
) -> None:
    """Measure, and print each figure beside its aim. Exit code 1 where an aim is missed."""
    effort = QUICK if quick else FULL
    out = Console()
    out.print(f"PostgreSQL is {postgres_server()[1]}.")
    try:
        figures = [figure for part in only or list(Part) for figure in _measured(part, effort)]
    finally:
        drop_databases()
    if not show(figures, out):
        raise typer.Exit(1)


def _measured(part: Part, effort: Effort) -> Iterator[Figure]:
    measure, stores = _MEASUREMENTS[part]
    for kind in stores:
        with (
            tempfile.TemporaryDirectory(prefix="staffetta-bench-") as directory,
            _progress.status(f"{part} on {kind}"),
        ):
            yield from measure(kind, Path(directory), effort)


if __name__ == "__main__":
    typer.run(main)
