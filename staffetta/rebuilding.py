"""Read tables made again, with a bar for each service."""

from collections.abc import Sequence

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from shared.runtime.rebuild import rebuild
from staffetta.installation import Installation


def rebuild_services(installation: Installation, names: Sequence[str], console: Console) -> None:
    """Rebuild the read tables of these services from their logs."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console) as bars:
        for name in names:
            bar = bars.add_task(name, total=None)

            def show(done: int, total: int, bar: int = bar) -> None:
                bars.update(bar, completed=done, total=total)  # type: ignore[arg-type]  # a TaskID is an int

            read = rebuild(installation.stores[name], show)
            console.print(f"{name}: read tables made again from {read} events")
