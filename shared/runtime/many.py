"""Many rows in few statements: each statement costs the client as much as some rows more."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

Run = Callable[[str, Sequence[Any]], object]
# A store keeps a statement ready for each number of rows that it has met: few numbers, few of them.
_SIZES = (64, 16, 4, 1)


def run_for(run: Run, statement: Callable[[int], str], rows: Sequence[Sequence[Any]]) -> None:
    """Run a statement that takes so many rows at once, until all have been given to it."""
    for some in parts(rows):
        run(statement(len(some)), [value for row in some for value in row])


def parts(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """The rows in order, in parts of a few sizes."""
    begin = 0
    for size in _SIZES:
        while len(rows) - begin >= size:
            yield rows[begin : begin + size]
            begin += size


def marks(columns: int, rows: int) -> str:
    """`(?, ?), (?, ?)` for two columns and two rows."""
    row = f"({', '.join('?' * columns)})"
    return ", ".join([row] * rows)
