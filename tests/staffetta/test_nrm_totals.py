from datetime import date
from pathlib import Path

import pytest

from shared.codes import AgeGroup, Channel, Gender
from staffetta.nrm.rows import read
from staffetta.nrm.totals import Cell, differences, totals

TODAY = date(2023, 3, 31)
SAMPLE = Path(__file__).with_name("nrm-sample.csv")
PUBLISHED = Path(__file__).parents[3] / "shared" / "data" / "nrm"
PEOPLE = {"2022-Q2": 4171, "2022-Q3": 4586, "2022-Q4": 4417, "2023-Q1": 4746}


def test_totals_add_up_what_shares_a_cell() -> None:
    rows = read(SAMPLE, TODAY)
    cells = totals(rows)
    sexual_and_labour = Cell(
        "2022-Q3", Channel.POLICE, "labour+sexual", AgeGroup.ADULT, Gender.FEMALE
    )
    assert cells[sexual_and_labour] == 1 + 3 + 2
    assert sum(cells.values()) == sum(row.people for row in rows)


def test_equal_totals_have_no_differences() -> None:
    cells = totals(read(SAMPLE, TODAY))
    assert differences(cells, dict(cells)) == []


def test_each_cell_that_differs_is_named() -> None:
    one = Cell("2022-Q2", Channel.POLICE, "labour", AgeGroup.ADULT, Gender.MALE)
    other = Cell("2022-Q1", Channel.NGO, "labour+sexual", AgeGroup.CHILD, Gender.NOT_RECORDED)
    assert differences({one: 3}, {one: 2, other: 1}) == [
        "2022-Q1, ngo, labour+sexual, child, not-recorded: expected 0, found 1",
        "2022-Q2, police, labour, adult, male: expected 3, found 2",
    ]


@pytest.mark.skipif(
    not PUBLISHED.is_dir(),
    reason="the published files are not in shared/data/nrm beside the repository",
)
@pytest.mark.parametrize(("quarter", "people"), PEOPLE.items())
def test_a_published_quarter_is_read_to_the_last_person(quarter: str, people: int) -> None:
    rows = read(PUBLISHED / f"{quarter}.csv", TODAY)
    assert sum(row.people for row in rows) == sum(totals(rows).values()) == people
    assert {row.quarter for row in rows} == {quarter}
    assert len({row.identity for row in rows}) == len(rows)
