"""`staffetta load nrm` on files of every kind."""

from pathlib import Path

import pytest

from tests.staffetta.conftest import Ask

SAMPLE = Path(__file__).with_name("nrm-sample.csv")
CONTENT = SAMPLE.read_text(encoding="utf-8")
EQUAL = "Equal: 121 people per quarter, responder type, exploitation, age and gender.\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "people.csv"


def test_a_loaded_file_is_found_equal_and_stays_so(ask: Ask, data: Path) -> None:
    assert (loaded := ask("load", "nrm", SAMPLE, "--data", data)).code == 0
    assert loaded.out == EQUAL
    again = ask("load", "nrm", SAMPLE, "--data", data)
    assert (again.code, again.out) == (0, EQUAL)
    checked = ask("load", "nrm", "--check", "--data", data)
    assert (checked.code, checked.out, checked.err) == (0, EQUAL, "")


def test_without_a_terminal_progress_is_a_few_plain_lines(ask: Ask, data: Path) -> None:
    told = ask("load", "nrm", SAMPLE, "--data", data).err
    assert told.splitlines()[-1] == "people: 121 of 121"
    assert len(told.splitlines()) <= 10
    assert told.isprintable() or "\x1b" not in told


def test_each_difference_is_named(ask: Ask, data: Path, file: Path) -> None:
    ask("load", "nrm", SAMPLE, "--data", data)
    file.write_text(CONTENT.replace("Male,Albanian,12", "Male,Albanian,15"), encoding="utf-8")
    checked = ask("load", "nrm", file, "--check", "--data", data)
    assert checked.code == 1
    assert checked.out.splitlines() == [
        "2022-Q2, government-agency, labour, adult, male: expected 17, found 14",
        "referrals: expected 124, found 121",
        "2 differences.",
    ]


def test_a_check_loads_nothing(ask: Ask, data: Path, file: Path) -> None:
    ask("load", "nrm", SAMPLE, "--data", data)
    file.write_text(CONTENT.replace("Male,Albanian,12", "Male,Albanian,15"), encoding="utf-8")
    for _ in range(2):
        assert "expected 17, found 14" in ask("load", "nrm", file, "--check", "--data", data).out


def test_the_last_files_are_remembered_with_their_names(ask: Ask, data: Path, file: Path) -> None:
    file.write_text(CONTENT, encoding="utf-8")
    ask("load", "nrm", file, "--data", data)
    file.unlink()
    refused = ask("load", "nrm", "--check", "--data", data)
    assert refused.code == 2
    assert f"{file}:1: the file cannot be opened" in refused.err
    assert "Nothing was compared." in refused.err


def test_without_an_earlier_load_a_check_asks_for_files(ask: Ask, data: Path) -> None:
    ask("load", "nrm", SAMPLE, "--data", data)
    for broken in ('["', "{}", "\udcff"):
        (data / "nrm-files.json").write_bytes(broken.encode(errors="surrogateescape"))
        refused = ask("load", "nrm", "--check", "--data", data)
        assert refused.code == 2
        assert "FILE: name the files: none was loaded here yet" in refused.err


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("Male,Albanian,12", "Male,Albanian,-12"), ":2: People: a whole number from 1"),
        (("Male,Albanian,12", "Male,Albanian,twelve"), ":2: People: a whole number from 1"),
        (("Male,Albanian,12", "Rosa Bianchi,Albanian,12"), ":2: Gender: one of: Male; Female"),
        (("Male,Albanian,12", "Male,Albanian,12,3"), ":2: 8 cells are needed, and 9 are here"),
        (("2022-Q2,Government", "2099-Q2,Government"), ":2: Quarter: the quarter has not begun"),
        ((",People\n", ",Rosa\n"), ":1: People: the column is missing"),
        (("Hong Konger,2\n", "Hong Konger,2"), ":25: the last line has no end: the file was cut"),
        ((CONTENT, ""), ":1: the file is empty"),
        ((CONTENT, "\x00\x01\x02"), ":1: the last line has no end"),
    ],
)
def test_nothing_is_made_of_a_bad_file(
    ask: Ask, data: Path, file: Path, change: tuple[str, str], told: str
) -> None:
    file.write_text(CONTENT.replace(*change, 1), encoding="utf-8")
    refused = ask("load", "nrm", file, "--data", data)
    assert (refused.code, refused.out, data.exists()) == (2, "", False)
    assert f"{file}{told}" in refused.err
    assert "Rosa" not in refused.err
    assert refused.err.endswith("Nothing was loaded.\n")


def test_one_bad_file_stops_the_good_ones_beside_it(ask: Ask, data: Path, tmp_path: Path) -> None:
    missing = tmp_path / "missing.csv"
    refused = ask("load", "nrm", SAMPLE, missing, tmp_path, "--data", data)
    assert (refused.code, data.exists()) == (2, False)
    assert f"{missing}:1: the file cannot be opened: no such file" in refused.err
    assert f"{tmp_path}:1: the file cannot be opened: is a directory" in refused.err


def test_a_file_given_twice_would_count_its_people_twice(ask: Ask, data: Path, file: Path) -> None:
    file.write_text(CONTENT, encoding="utf-8")
    refused = ask("load", "nrm", SAMPLE, file, "--data", data)
    assert (refused.code, data.exists()) == (2, False)
    assert f"{file}:2: a file before this one has a row of these categories" in refused.err
