"""How far a long command is: a bar on a terminal, a line for each tenth elsewhere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from staffetta.terminal import err

Show = Callable[[int, int], None]


@contextmanager
def progress(what: str) -> Iterator[Show]:
    """Gives `show(done, total)`."""
    if not err.is_terminal:
        yield _in_tenths(what)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=err) as bars:
        bar = bars.add_task(what, total=None)
        yield lambda done, total: bars.update(bar, completed=done, total=total)


def _in_tenths(what: str) -> Show:
    told = 0

    def show(done: int, total: int) -> None:
        nonlocal told
        tenth = 10 * done // total if total else 10
        if tenth > told:
            told = tenth
            err.print(f"{what}: {done} of {total}", highlight=False, soft_wrap=True)

    return show
