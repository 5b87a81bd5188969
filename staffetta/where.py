"""Which stores a command looks after: those of a directory, or the one of a process."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated

import typer

from shared.runtime.store import Store
from staffetta.terminal import existing

Where = Annotated[
    Path | None,
    typer.Option(
        "--data",
        metavar="DIR",
        help="The directory that holds the stores. Left out: the service of the STAFFETTA_…"
        " variables where they name one, else var.",
    ),
]


@contextmanager
def stores_there(data: Path | None) -> Iterator[Mapping[str, Store]]:
    """The stores of a directory, or the one that the environment names."""
    # At scale stands on Kafka's client, which the other commands do not wait for.
    from staffetta.at_scale.environment import demanded  # noqa: PLC0415
    from staffetta.at_scale.stores import named_store  # noqa: PLC0415

    with ExitStack() as closing:
        with demanded():
            named = named_store(closing) if data is None else None
        if named is not None:
            yield {named.service.name: named}
        else:
            yield closing.enter_context(existing(data or Path("var"))).stores
