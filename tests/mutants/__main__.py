"""`python -m tests.mutants`: break each rule in each way, and see that a test notices."""

import os
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tests.mutants.files import CHECKOUT, WrongFiles, to_break
from tests.mutants.judging import LIST, WrongList, objections, read, that_is_gone
from tests.mutants.running import CouldNotRun, Mutant, tried

_out, _progress = Console(), Console(stderr=True)


def main(
    files: Annotated[list[str] | None, typer.Argument(help="Break only these.")] = None,
    workers: Annotated[int, typer.Option(min=1, help="Mutants at a time.")] = os.cpu_count() or 1,
) -> None:
    """Break the rules, the decisions and the inbox in each way. Exit code 1 where a mutant
    survives that is not listed with a reason, where a listed one does not, where fewer than nine
    in ten are caught, and where a file has none."""
    try:
        broken, listed = to_break(files or ()), read(LIST.read_text())
        that_is_gone(listed, to_break(()), CHECKOUT)
        with _progress.status("Breaking") as status:
            mutants = tried(broken, workers, lambda number: status.update(f"{number} tried"))
    except (WrongFiles, WrongList, CouldNotRun) as stopped:
        _out.print(escape(str(stopped)), soft_wrap=True)
        raise typer.Exit(1) from None
    _show(mutants, broken)
    wrong = list(objections(mutants, broken, listed))
    for each in wrong:
        _out.print(escape(each), soft_wrap=True)
    if wrong:
        raise typer.Exit(1)


def _show(mutants: Sequence[Mutant], files: Sequence[str]) -> None:
    table = Table()
    for heading in ("file", "mutants", "caught", "of these endless", "survived"):
        table.add_column(heading, justify="left" if heading == "file" else "right", overflow="fold")
    for file in files:
        table.add_row(file, *_counted([mutant for mutant in mutants if mutant.file == file]))
    table.add_section()
    table.add_row("together", *_counted(mutants))
    _out.print(table)


def _counted(mutants: Sequence[Mutant]) -> list[str]:
    caught = sum(mutant.caught for mutant in mutants)
    endless = sum(mutant.endless for mutant in mutants)
    return [str(number) for number in (len(mutants), caught, endless, len(mutants) - caught)]


if __name__ == "__main__":
    typer.run(main)
