"""Every organisation and every count in nrm-sample.csv is invented."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from shared.codes import AgeGroup, Channel, ExploitationType, Gender
from staffetta.faults import FaultyFile
from staffetta.nrm.rows import COLUMNS, Row, read

TODAY = date(2022, 9, 30)
SAMPLE = Path(__file__).with_name("nrm-sample.csv")
CONTENT = SAMPLE.read_text(encoding="utf-8")
HEADER = ",".join(COLUMNS) + "\n"
GOOD = {
    "Quarter": "2022-Q2",
    "First responder type": "Police",
    "First responder": "Invented Police",
    "Exploitation type": "Labour & Criminal",
    "Age at exploitation": "Adult (18 or over)",
    "Gender": "Male",
    "Nationality": "Albanian UK",
    "People": "3",
}
Written = Callable[[str], Path]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    def write(text: str) -> Path:
        path = tmp_path / "rows.csv"
        path.write_bytes(text.encode())
        return path

    return write


def faults_of(path: Path, today: date = TODAY) -> list[tuple[int, str, str]]:
    with pytest.raises(FaultyFile) as refused:
        read(path, today)
    assert {fault.file for fault in refused.value.faults} == {str(path)}
    return [(fault.line, fault.field, fault.rule) for fault in refused.value.faults]


def line_with(column: str, cell: str) -> str:
    return ",".join(f'"{text}"' for text in {**GOOD, column: cell}.values()) + "\n"


def test_a_row_is_read_into_codes(written: Written) -> None:
    (row,) = read(written(HEADER + ",".join(GOOD.values()) + "\n"), TODAY)
    assert row == Row(
        quarter="2022-Q2",
        channel=Channel.POLICE,
        responder="invented-police",
        exploitation=frozenset({ExploitationType.LABOUR, ExploitationType.CRIMINAL}),
        age=AgeGroup.ADULT,
        gender=Gender.MALE,
        citizenship="AL",
        people=3,
        line=2,
        identity="827f93b4cbca27700321f578a063aa692e77270e4b48ab59375c296d0d8e3d42",
    )


def test_the_sample_is_read_whole() -> None:
    rows = read(SAMPLE, TODAY)
    assert len(rows) == 24
    assert sum(row.people for row in rows) == 121
    assert {row.channel for row in rows} == {
        Channel.GOVERNMENT_AGENCY,
        Channel.LOCAL_AUTHORITY,
        Channel.NGO,
        Channel.POLICE,
    }
    assert {row.gender for row in rows} == set(Gender)
    assert {row.age for row in rows} == set(AgeGroup)


def test_a_responder_becomes_a_slug() -> None:
    responders = {row.responder for row in read(SAMPLE, TODAY)}
    assert {"invented-and-imagined-constabulary", "invented-womens-aid"} < responders


def test_five_forms_of_exploitation_are_taken_apart() -> None:
    assert max(len(row.exploitation) for row in read(SAMPLE, TODAY)) == 5


def test_rows_that_are_the_same_but_for_their_count_are_told_apart() -> None:
    *_, one, other = read(SAMPLE, TODAY)
    assert one.citizenship == other.citizenship == "CN"
    assert one.identity != other.identity
    assert len({row.identity for row in read(SAMPLE, TODAY)}) == 24


def test_a_row_keeps_its_identity_in_another_place_and_order(written: Written) -> None:
    header, *lines = CONTENT.splitlines(keepends=True)
    moved = read(written(header + "".join(reversed(lines))), TODAY)
    assert {row.identity for row in moved} == {row.identity for row in read(SAMPLE, TODAY)}


def test_a_row_keeps_its_identity_when_its_count_is_corrected(written: Written) -> None:
    rows = [read(written(HEADER + line_with("People", n)), TODAY)[0] for n in ("3", "4")]
    assert rows[0].identity == rows[1].identity


def test_columns_may_stand_in_another_order(written: Written) -> None:
    cells = [",".join(reversed(list(row))) for row in (GOOD.keys(), GOOD.values())]
    (row,) = read(written("\n".join(cells) + "\n"), TODAY)
    (usual,) = read(written(HEADER + ",".join(GOOD.values()) + "\n"), TODAY)
    assert row == usual


def test_windows_line_ends_and_a_byte_order_mark_change_nothing(written: Written) -> None:
    path = written("\ufeff" + CONTENT.replace("\n", "\r\n"))
    assert read(path, TODAY) == read(SAMPLE, TODAY)


@pytest.mark.parametrize(
    ("column", "rule", "cells"),
    [
        ("Quarter", "a quarter is written as in 2023-Q1", ["2022-Q5", "Q2 2022", ""]),
        ("Quarter", "the quarter has not begun yet", ["2022-Q4", "2023-Q1"]),
        (
            "First responder type",
            "one of: Government agency; Local Authority; NGO and third sector; Police",
            ["police", "Union"],
        ),
        ("First responder", "an organisation has a name with letters or digits in it", ["", " - "]),
        (
            "Exploitation type",
            "one of: Labour; Sexual; Criminal; Domestic; Organ Harvesting; "
            "Not specified or unknown",
            ["Labour & Begging", "Labour & Not specified or unknown", ""],
        ),
        ("Exploitation type", "a form of exploitation is named once", ["Labour & Labour"]),
        (
            "Age at exploitation",
            "one of: Child (17 or under); Adult (18 or over); Not specified or unknown",
            ["17", "Adult"],
        ),
        ("Gender", "one of: Male; Female; Other; Not Recorded; Unknown", ["M", ""]),
        (
            "Nationality",
            "one or two nationalities of the list on GOV.UK, or Unknown",
            ["Atlantean", "Albanian UK Greek", "Albanian ", ""],
        ),
        (
            "People",
            "a whole number from 1 to 9999999, in digits",
            ["0", "-3", "few", "1,5", "٣", "9" * 5000, ""],
        ),
    ],
)
def test_a_cell_that_breaks_its_rule_is_refused(
    written: Written, column: str, rule: str, cells: list[str]
) -> None:
    for cell in cells:
        path = written(HEADER + line_with("People", "3") + line_with(column, cell))
        assert faults_of(path) == [(3, column, rule)]


def test_all_faults_of_a_file_are_told_at_once(written: Written) -> None:
    text = HEADER + line_with("Gender", "M") + "2022-Q2\n" + line_with("People", "0")
    assert [line for line, _, _ in faults_of(written(text))] == [2, 3, 4]


@pytest.mark.parametrize("column", [name for name in COLUMNS if name != "First responder"])
def test_a_fault_never_repeats_the_cell(written: Written, column: str) -> None:
    ((_, _, rule),) = faults_of(written(HEADER + line_with(column, "Rosa Bianchi")))
    assert "Rosa" not in rule


def test_a_header_never_repeats_what_stands_in_its_place(written: Written) -> None:
    rows_alone = CONTENT.removeprefix(HEADER)
    faults = faults_of(written(rows_alone))
    assert (1, "People", "the column is missing") in faults
    assert (1, "column 3", "no such column, or a second one of this name") in faults
    assert "Agency" not in str(faults)


def test_a_missing_column_is_refused(written: Written) -> None:
    assert faults_of(written(HEADER.replace(",Gender", ""))) == [
        (1, "Gender", "the column is missing")
    ]


@pytest.mark.parametrize("surplus", ["Remarks", "People"])
def test_a_surplus_column_is_refused(written: Written, surplus: str) -> None:
    assert faults_of(written(HEADER.replace("\n", f",{surplus}\n"))) == [
        (1, "column 9", "no such column, or a second one of this name")
    ]


@pytest.mark.parametrize(
    ("line", "cells"), [("2022-Q2,Police\n", 2), ("\n", 0), ("," * 8 + "\n", 9)]
)
def test_a_line_with_another_number_of_cells_is_refused(
    written: Written, line: str, cells: int
) -> None:
    assert faults_of(written(HEADER + line)) == [
        (2, "", f"8 cells are needed, and {cells} are here")
    ]


def test_a_quote_that_stays_open_is_refused_on_its_own_line(written: Written) -> None:
    good = line_with("People", "3")
    text = HEADER + good + good.replace('"Police"', '"Police') + good
    ((line, field, rule),) = faults_of(written(text))
    assert (line, field) == (3, "")
    assert rule.startswith("not CSV: a quote stays open")


@given(some.integers(min_value=1, max_value=len(CONTENT) - 1))
def test_a_file_cut_off_within_a_line_is_never_half_read(
    tmp_path_factory: pytest.TempPathFactory, length: int
) -> None:
    if CONTENT[length - 1] == "\n":
        length -= 1
    path = tmp_path_factory.getbasetemp() / "cut-off.csv"
    path.write_text(CONTENT[:length], encoding="utf-8")
    line, _, rule = faults_of(path)[-1]
    assert rule == "the last line has no end: the file was cut off"
    assert line == CONTENT[:length].count("\n") + 1


def test_an_empty_file_is_refused(written: Written) -> None:
    assert faults_of(written("")) == [(1, "", "the file is empty")]


def test_a_header_alone_is_refused(written: Written) -> None:
    assert faults_of(written(HEADER)) == [(1, "", "a header, and no row below it")]


def test_a_file_that_is_not_utf8_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "latin.csv"
    path.write_bytes((HEADER + line_with("First responder", "Forlì")).encode("latin-1"))
    assert faults_of(path) == [(2, "", "the text must be UTF-8")]


def test_a_quarter_may_be_the_running_one_and_no_later(written: Written) -> None:
    path = written(HEADER + line_with("Quarter", "2022-Q3"))
    assert faults_of(path, date(2022, 6, 30)) == [(2, "Quarter", "the quarter has not begun yet")]
    assert len(read(path, date(2022, 7, 1))) == 1
