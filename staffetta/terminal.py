"""What the commands share: the consoles, the data directory and its opening, plain errors."""

import os
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from staffetta.faults import FaultyFile, UnreadableFile
from staffetta.installation import Installation, open_installation
from staffetta.network import Network, read_network
from staffetta.serving import PortTaken, free_or, listening
from staffetta.stores import is_there

# Where nobody looks at a terminal, a line is not broken for its width.
_WIDE = None if sys.stdout.isatty() or "COLUMNS" in os.environ else 160
out = Console(width=_WIDE)
# For what is copied into the next command: a line is as long as its ids are, on any terminal.
whole = Console(width=400)
err = Console(stderr=True)
Data = Annotated[
    Path, typer.Option("--data", metavar="DIR", help="The directory that holds the stores.")
]


@contextmanager
def opened(data: Path) -> Iterator[Installation]:
    """The installation of a directory, made where there is none."""
    _is_no_file(data)
    installation = open_installation(data)
    try:
        yield installation
    finally:
        installation.close()


@contextmanager
def existing(data: Path) -> Iterator[Installation]:
    """The installation of a directory; wrong use where there is none."""
    with opened(made(data)) as installation:
        yield installation


def made(data: Path) -> Path:
    """A directory in which an installation was made; wrong use where it is none."""
    _is_no_file(data)
    if not is_there(data):
        raise typer.BadParameter(
            "there is no installation there yet: `staffetta serve` or `staffetta demo` makes one",
            param_hint="--data",
        )
    return data


def _is_no_file(data: Path) -> None:
    if data.exists() and not data.is_dir():
        raise typer.BadParameter("that is a file, and no directory", param_hint="--data")


def port_of(asked: int | None, wished: int) -> socket.socket:
    """The port that was asked for, or else the wished one or any that is free."""
    try:
        return free_or(wished) if asked is None else listening(asked)
    except PortTaken:
        raise typer.BadParameter(
            "nobody can listen there: choose another port, or leave it out", param_hint="--port"
        ) from None


def network_in(file: Path, code: int = 2) -> Network:
    """A network file read; its faults are printed, and the command ends with `code`."""
    try:
        return read_network(file)
    except FaultyFile as faulty:
        tell(faulty)
        raise typer.Exit(2 if isinstance(faulty, UnreadableFile) else code) from None


def tell(faulty: FaultyFile) -> None:
    """Each fault on a line of its own, as file:line: field: rule."""
    for fault in faulty.faults:
        complain(str(fault))


def wrong(which: str, why: str) -> None:
    """What is wrong with an option or argument (empty: with the whole), on one line."""
    complain(": ".join(filter(None, (which, why))))


def complain(words: str) -> None:
    err.print(words, style="red", highlight=False, markup=False, soft_wrap=True)


def say(words: str) -> None:
    """A line that can be copied: never broken, and nothing in it taken for markup."""
    out.print(words, highlight=False, markup=False, soft_wrap=True)


@contextmanager
def until_stopped(wait: Callable[[], object] | None = None) -> Iterator[None]:
    """After what is said within, wait for Ctrl-C or SIGTERM: the ordinary end of serving. `wait`
    raises where there is another."""
    try:
        yield
        (wait or threading.Event().wait)()
    except KeyboardInterrupt:
        out.print("Stopping.")
