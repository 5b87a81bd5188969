"""People per cell, to compare what was published with what a load made of it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from shared.codes import AgeGroup, Channel, Gender, exploitation_key
from staffetta.nrm.rows import Row


class Cell(NamedTuple):
    """`exploitation` is the canonical key of the set of forms."""

    quarter: str
    channel: Channel
    exploitation: str
    age: AgeGroup
    gender: Gender


def totals(rows: Iterable[Row]) -> dict[Cell, int]:
    """How many people stand in each cell; a cell without people is not there."""
    people: Counter[Cell] = Counter()
    for row in rows:
        key = exploitation_key(row.exploitation)
        people[Cell(row.quarter, row.channel, key, row.age, row.gender)] += row.people
    return dict(people)


def differences(expected: Mapping[Cell, int], actual: Mapping[Cell, int]) -> list[str]:
    """One line for each cell that differs, in the order of the cells. A missing cell is a zero."""
    return [
        f"{', '.join(cell)}: expected {expected.get(cell, 0)}, found {actual.get(cell, 0)}"
        for cell in sorted({*expected, *actual})
        if expected.get(cell, 0) != actual.get(cell, 0)
    ]
