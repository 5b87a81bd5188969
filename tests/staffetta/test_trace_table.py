"""The trace of a case on narrow and wide terminals."""

import io
import re

import pytest
from rich.console import Console

from shared.runtime.trace import TraceLine
from staffetta.tables import trace_table

CASE = "case-" + 32 * "7"
GIVEN = TraceLine(
    at="2026-03-08T21:30:00.000000Z",
    operator="op-case-1",
    organisation="comune-bologna",
    service="identification",
    kind="change",
    what="consent given to cooperativa-inventata-due for Referral to assistance: identity",
    consent="13ef6122aaaabbbbccccddddeeeeffff",
)
REFUSED = TraceLine(
    at="2027-01-31T08:05:09.000000Z",
    operator="op-intake-1",
    organisation="associazione-inventata-quattro",
    service="identification",
    kind="refusal",
    what="refused DiscloseDossier: a-disclosure-rests-on-a-live-consent",
    consent=None,
)


def shown(width: int, *lines: TraceLine) -> list[str]:
    console = Console(width=width, file=io.StringIO())
    console.print(trace_table(CASE, lines, width), soft_wrap=True)
    assert isinstance(console.file, io.StringIO)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


@pytest.mark.parametrize("width", [40, 60, 80, 119, 120, 160, 300])
def test_everything_is_told_in_whole_words(width: int) -> None:
    text = " ".join(shown(width, GIVEN, REFUSED))
    words, parts = set(text.split()), set(re.split("[ -]", text))
    for line in (GIVEN, REFUSED):
        told = f"{line.service}: {line.what} {line.operator} {line.organisation}"
        assert set(re.split("[ -]", told)) <= parts
        assert width < 80 or set(told.split()) <= words
    assert {CASE, "2026-03-08", "21:30:00", "2027-01-31", "08:05:09", "13ef6122"} <= words
    assert "…" not in text


@pytest.mark.parametrize("width", [80, 100, 120, 160])
def test_a_table_is_as_wide_as_its_terminal_at_most(width: int) -> None:
    assert max(map(len, shown(width, GIVEN, REFUSED))) <= width


def test_at_80_columns_the_organisation_stands_below_its_operator() -> None:
    lines = shown(80, GIVEN)
    first = next(index for index, line in enumerate(lines) if "op-case-1" in line)
    assert lines[first].startswith("2026-03-08  op-case-1       identification: consent given")
    assert lines[first + 1].startswith("21:30:00    comune-bologna")
    assert lines[-1].strip() == "under consent 13ef6122"


def test_at_160_columns_a_line_tells_all() -> None:
    *_, line = shown(160, GIVEN)
    assert line.startswith(
        "2026-03-08 21:30:00  op-case-1  comune-bologna  identification: consent"
    )
    assert line.endswith("13ef6122")


def test_ids_are_broken_at_a_hyphen_and_only_where_they_must() -> None:
    assert any("a-disclosure-rests-on-a-live-consent" in line for line in shown(120, REFUSED))
    narrow = [line.split()[-1] for line in shown(60, REFUSED) if line.endswith("-")]
    assert narrow
