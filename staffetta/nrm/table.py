"""A CSV file as lines of named cells, with what is wrong in its form."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from staffetta.faults import Fault, FaultyFile, text_of

_CUT_OFF = "the last line has no end: the file was cut off"


@dataclass(frozen=True)
class Line:
    """The cells of one line by the name of their column."""

    number: int
    cells: dict[str, str]


def lines_of(path: Path, columns: Sequence[str]) -> tuple[list[Line], list[Fault]]:
    """The lines that are in form, and the faults of the others.

    Raises `FaultyFile` where the header leaves nothing to go on.
    """
    file = str(path)
    *whole, rest = text_of(path).split("\n")
    if not whole:
        raise FaultyFile([Fault(file, 1, "", _CUT_OFF if rest else "the file is empty")])
    header = _header(file, whole[0], columns)
    placed = [_placed(file, number, line, header) for number, line in enumerate(whole[1:], 2)]
    faults = [found for found in placed if isinstance(found, Fault)]
    if rest:
        faults.append(Fault(file, len(whole) + 1, "", _CUT_OFF))
    if not placed and not rest:
        faults.append(Fault(file, 1, "", "a header, and no row below it"))
    return [found for found in placed if isinstance(found, Line)], faults


def _header(file: str, line: str, columns: Sequence[str]) -> list[str]:
    names = _cells(file, 1, line)
    if isinstance(names, Fault):
        raise FaultyFile([names])
    faults = [
        Fault(file, 1, name, "the column is missing") for name in columns if name not in names
    ]
    faults += [
        Fault(file, 1, f"column {index}", "no such column, or a second one of this name")
        for index, name in enumerate(names, 1)
        if name not in columns or name in names[: index - 1]
    ]
    if faults:
        raise FaultyFile(faults)
    return names


def _placed(file: str, number: int, line: str, header: Sequence[str]) -> Line | Fault:
    cells = _cells(file, number, line)
    if isinstance(cells, Fault):
        return cells
    if len(cells) != len(header):
        return Fault(file, number, "", f"{len(header)} cells are needed, and {len(cells)} are here")
    return Line(number, dict(zip(header, cells, strict=True)))


def _cells(file: str, number: int, line: str) -> list[str] | Fault:
    """A quote must close on its own line, so that one open quote does not swallow the rest."""
    try:
        return next(csv.reader([line.removesuffix("\r")], strict=True), [])
    except csv.Error:
        rule = "not CSV: a quote stays open, or text stands beside one, or a bare carriage return"
        return Fault(file, number, "", rule)
