"""One row of the published statistics: so many people who share these categories."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

from shared.codes import AgeGroup, Channel, ExploitationType, Gender
from staffetta.faults import Fault, FaultyFile
from staffetta.nrm import cells
from staffetta.nrm.nationalities import first_country
from staffetta.nrm.table import Line, lines_of

CATEGORIES = (
    "Quarter",
    "First responder type",
    "First responder",
    "Exploitation type",
    "Age at exploitation",
    "Gender",
    "Nationality",
)
COLUMNS = (*CATEGORIES, "People")


@dataclass(frozen=True)
class Row:
    """`identity` belongs to the categories, wherever the file lies and the row stands in it, so
    that a row that is read again can be known again. `citizenship` is that of the first
    nationality.
    """

    quarter: str
    channel: Channel
    responder: str
    exploitation: frozenset[ExploitationType]
    age: AgeGroup
    gender: Gender
    citizenship: str
    people: int
    line: int
    identity: str


def read(path: Path, today: date) -> list[Row]:
    """All rows of a file, or `FaultyFile` with all its faults: never half of it."""
    lines, faults = lines_of(path, COLUMNS)
    for line in lines:
        for column, rule in _broken_rules(line.cells, today):
            faults.append(Fault(str(path), line.number, column, rule))
    if faults:
        raise FaultyFile(sorted(faults, key=lambda fault: fault.line))
    return list(_rows(lines, today))


def _broken_rules(published: Mapping[str, str], today: date) -> Iterator[tuple[str, str]]:
    readers: tuple[Callable[[str], object], ...] = (
        lambda text: cells.past_quarter(text, today),
        cells.channel,
        cells.responder,
        cells.exploitation,
        cells.age,
        cells.gender,
        first_country,
        cells.people,
    )
    for column, reader in zip(COLUMNS, readers, strict=True):
        try:
            reader(published[column])
        except cells.RuleBroken as broken:
            yield column, str(broken)


def _rows(lines: list[Line], today: date) -> Iterator[Row]:
    seen: Counter[tuple[str, ...]] = Counter()
    for line in lines:
        categories = tuple(line.cells[column] for column in CATEGORIES)
        seen[categories] += 1
        quarter, channel, responder, exploitation, age, gender, nationality = categories
        yield Row(
            quarter=cells.past_quarter(quarter, today),
            channel=cells.channel(channel),
            responder=cells.responder(responder),
            exploitation=cells.exploitation(exploitation),
            age=cells.age(age),
            gender=cells.gender(gender),
            citizenship=first_country(nationality),
            people=cells.people(line.cells["People"]),
            line=line.number,
            identity=_identity(categories, seen[categories]),
        )


def _identity(categories: tuple[str, ...], occurrence: int) -> str:
    """JSON keeps the cells apart. Changing this would make every row that was read a new one."""
    text = json.dumps([*categories, occurrence], ensure_ascii=False, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()
