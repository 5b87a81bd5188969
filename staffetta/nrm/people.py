"""Each of the people that a row counts, under a key of their own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shared.runtime.handle import Key
from staffetta.nrm.rows import Row

SCOPE = "nrm"


@dataclass(frozen=True)
class Person:
    """One of the people of a row, under a key that is the same wherever the row is read."""

    key: Key
    row: Row


def people(rows: Sequence[Row]) -> Iterator[Person]:
    for row in rows:
        for number in range(row.people):
            yield Person(Key(SCOPE, f"{row.identity}/{number}"), row)
