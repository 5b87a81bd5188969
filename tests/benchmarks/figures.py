"""What was measured, and the table in which it is printed."""

from collections.abc import Iterable
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Figure:
    """One line: what, on which store, how much; where there is one, the aim, and if it is met."""

    what: str
    store: str
    measured: str
    aim: str = ""
    met: bool | None = None


def show(figures: Iterable[Figure], console: Console) -> bool:
    """Print them all; whether every aim is met."""
    table = Table(title="Medians over rounds in turns (lowest to highest)")
    for heading in ("measured", "store", "figure", "aim", ""):
        table.add_column(heading, overflow="fold")
    kept, last = True, ""
    for figure in figures:
        if last and figure.what.split(":")[0] != last:
            table.add_section()
        last = figure.what.split(":")[0]
        table.add_row(figure.what, figure.store, figure.measured, figure.aim, _word(figure.met))
        kept = kept and figure.met is not False
    console.print(table)
    return kept


def _word(met: bool | None) -> str:
    return {True: "[green]met[/]", False: "[red]missed[/]", None: ""}[met]
