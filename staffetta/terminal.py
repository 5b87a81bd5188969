"""What the commands of the terminal share: the data directory, its opening, and plain errors."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from staffetta.faults import FaultyFile
from staffetta.installation import Installation, open_installation
from staffetta.network import Network, read_network

out = Console()
err = Console(stderr=True)
Data = Annotated[
    Path, typer.Option("--data", help="The directory that holds the stores.", file_okay=False)
]


@contextmanager
def opened(data: Path) -> Iterator[Installation]:
    """The installation of a directory, made where there is none."""
    try:
        installation = open_installation(data)
    except OSError as error:
        raise typer.BadParameter(
            f"the directory cannot be used: {error.strerror}", param_hint="--data"
        ) from None
    try:
        yield installation
    finally:
        installation.close()


@contextmanager
def existing(data: Path) -> Iterator[Installation]:
    """The installation of a directory; wrong use where there is none."""
    if not (data / "identification.sqlite").exists():
        raise typer.BadParameter(
            "there is no installation there yet: `staffetta serve` or `staffetta demo` makes one",
            param_hint="--data",
        )
    with opened(data) as installation:
        yield installation


def network_in(file: Path, code: int = 2) -> Network:
    """A network file read; its faults are printed, and the command ends with `code`."""
    try:
        return read_network(file)
    except FaultyFile as faulty:
        tell(faulty)
        raise typer.Exit(code) from None


def tell(faulty: FaultyFile) -> None:
    """Each fault on a line of its own, as file:line: field: rule."""
    for fault in faulty.faults:
        err.print(str(fault), style="red", highlight=False, markup=False, soft_wrap=True)


def keep_serving(address: str, data: Path) -> None:
    """Until Ctrl-C; says where."""
    out.print(f"\nServing at [bold]{address}[/bold] (data in {data}). Ctrl-C stops.")
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        out.print("Stopping.")
