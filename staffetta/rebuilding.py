"""Read tables made again, with a bar for each service."""

from collections.abc import Sequence

from shared.runtime.rebuild import rebuild
from staffetta.installation import Installation
from staffetta.progress import progress
from staffetta.terminal import say


def rebuild_services(installation: Installation, names: Sequence[str]) -> None:
    """Rebuild the read tables of these services from their logs."""
    for name in names:
        with progress(name) as show:
            read = rebuild(installation.stores[name], show)
        say(f"{name}: read tables made again from {read} events")
