"""What a person told is nowhere in clear: not in a file, not in what the process said."""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from staffetta.journey.steps import CALLBACK, NAME, NARRATIVE, REACH
from tests.staffetta.processes import Ended, staffetta, started
from tests.support.spellings import forms

TOLD = (NARRATIVE, CALLBACK, NAME, REACH)


def parts(words: str) -> Iterator[str]:
    """The whole, and any four words of it in a row."""
    yield words
    single = words.split()
    for start in range(len(single) - 3):
        yield " ".join(single[start : start + 4])


SECRETS = [form for told in TOLD for part in parts(told) for form in forms(part)]


def found_in(directory: Path) -> list[str]:
    """The files that hold something personal."""
    return [
        path.name
        for path in sorted(directory.rglob("*"))
        if path.is_file() and any(secret in path.read_bytes() for secret in SECRETS)
    ]


@dataclass(frozen=True)
class Demo:
    """A demo that served and was stopped; `found` while it ran."""

    data: Path
    found: list[str]
    ended: Ended


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    data = tmp_path_factory.mktemp("personal")
    with started("demo", "--data", data) as running:
        case = running.wait_for("Trace of").split()[2].encode()
        running.wait_for("Serving at")
        names = {path.name for path in data.rglob("*") if path.is_file()}
        assert {"identification.sqlite", "identification.sqlite-wal", "token.pem"} <= names
        assert any(case in path.read_bytes() for path in data.glob("identification.sqlite*"))
        return Demo(data, found_in(data), running.stop())


def test_nothing_lies_in_a_file_while_it_runs_or_afterwards(demo: Demo) -> None:
    assert demo.ended.code == 0
    assert demo.found == found_in(demo.data) == []


def test_nothing_was_said(demo: Demo) -> None:
    assert not_said(demo.ended)


def test_nothing_appears_by_a_rebuild_or_a_second_journey(demo: Demo) -> None:
    for command in (("rebuild",), ("demo", "--once")):
        ended = staffetta(*command, "--data", demo.data)
        assert ended.code == 0
        assert not_said(ended)
    assert found_in(demo.data) == []


def not_said(ended: Ended) -> bool:
    said = (ended.out + ended.err).encode()
    return not any(secret in said for secret in SECRETS)


def test_the_search_finds_what_it_looks_for(tmp_path: Path) -> None:
    for number, secret in enumerate((NARRATIVE.encode(), base64.b64encode(NAME.encode()))):
        (tmp_path / str(number)).write_bytes(b"\x00\xff" + secret + b"\x00")
    wrapped = json.dumps({"data": base64.b64encode(f'{{"n":"{NARRATIVE}"}}'.encode()).decode()})
    (tmp_path / "2").write_text(wrapped)
    assert found_in(tmp_path) == ["0", "1", "2"]
