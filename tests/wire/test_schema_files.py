"""`python -m staffetta.contracts write|check`, against a directory and against git's memory."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shared.contracts.envelope import STATISTICS
from staffetta.contracts.__main__ import main
from staffetta.contracts.files import DIRECTORY, DOCUMENT, generated, on_disk, published, text_of
from staffetta.contracts.judging import outdated, refused

OPENED = "org.staffetta.identification.case-opened.v1"
CLOSED = "org.staffetta.assistance.programme-closed.v1"
FILE = f"{OPENED}.json"
Edit = Callable[[Any], object]
needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="there is no git here")


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """Schemas as they are written today."""
    made = tmp_path / "schemas"
    assert main(["write"], made) == 0
    return made


def edit(directory: Path, name: str, change: Edit) -> None:
    """The file as it lay there when the contract was another."""
    schema = json.loads((directory / name).read_text("utf-8"))
    change(schema)
    (directory / name).write_text(text_of(schema), "utf-8")


def once_had_a_nickname(schema: Any) -> None:
    schema["properties"]["nickname"] = {"type": "string"}
    schema["required"].append("nickname")


def said(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().err


def commit(directory: Path) -> None:
    by = ["-c", "user.name=op-1", "-c", "user.email=", "-c", "commit.gpgsign=false"]
    for asked in (["init", "-q"], ["add", "-A"], [*by, "commit", "-q", "-m", "."]):
        subprocess.run(["git", "-C", str(directory.parent), *asked], check=True)


def test_the_committed_schemas_are_what_the_contracts_say() -> None:
    assert outdated(on_disk(DIRECTORY), generated()) == []


def test_readers_of_every_committed_version_survive() -> None:
    assert refused(published(DIRECTORY), generated()) == []


def test_what_was_written_is_in_order(directory: Path) -> None:
    assert set(on_disk(directory)) == set(generated())
    assert main(["check"], directory) == 0


def test_an_edited_file_is_told_and_written_again(
    directory: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(directory, FILE, lambda schema: schema.update(description="Edited by hand."))
    assert main(["check"], directory) == 1
    assert f"{FILE}: not what the contracts say" in said(capsys)
    assert main(["write"], directory) == 0
    assert main(["check"], directory) == 0


def test_a_new_contract_is_told_until_its_schema_is_written(
    directory: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (directory / FILE).unlink()
    assert main(["check"], directory) == 1
    assert f"{FILE}: not what the contracts say" in said(capsys)


@pytest.mark.parametrize("asked", ["check", "write"])
def test_a_removed_field_is_refused_and_nothing_is_written(
    asked: str, directory: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(directory, FILE, once_had_a_nickname)
    before = on_disk(directory)
    assert main([asked], directory) == 1
    assert f"{OPENED}: nickname: removed or renamed" in said(capsys)
    assert on_disk(directory) == before


def test_a_removed_type_is_refused(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (directory / f"{OPENED}.json").rename(directory / "org.staffetta.referral.lost.v1.json")
    assert main(["check"], directory) == 1
    assert "org.staffetta.referral.lost.v1: gone; outboxes hold rows of it" in said(capsys)


def fewer_lanes(document: Any) -> None:
    document["channels"][STATISTICS]["bindings"]["kafka"]["partitions"] = 4


def another_topic(document: Any) -> None:
    document["channels"]["staffetta.lost.events"] = document["channels"][STATISTICS]


def elsewhere(document: Any) -> None:
    document["channels"][STATISTICS]["messages"][CLOSED] = {}


@pytest.mark.parametrize(
    ("was", "words"),
    [
        (fewer_lanes, f"{STATISTICS}: 4 lanes became 8"),
        (another_topic, "staffetta.lost.events: the topic is gone"),
        (elsewhere, f"{CLOSED}: no longer sent to {STATISTICS}"),
    ],
)
def test_topics_and_lanes_are_for_ever(
    was: Edit, words: str, directory: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(directory, DOCUMENT, was)
    assert main(["check"], directory) == 1
    assert words in said(capsys)


@needs_git
def test_a_version_that_was_ever_committed_is_remembered(
    directory: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(directory, FILE, once_had_a_nickname)
    commit(directory)
    (directory / FILE).write_text(text_of(generated()[FILE]), "utf-8")
    commit(directory)
    assert len(published(directory)) == 2
    assert main(["check"], directory) == 1
    assert f"{OPENED}: nickname: removed or renamed" in said(capsys)


@needs_git
def test_what_was_never_committed_may_still_change(directory: Path) -> None:
    commit(directory)
    stray = directory / "org.staffetta.referral.tried.v1.json"
    shutil.copy(directory / FILE, stray)
    edit(directory, FILE, once_had_a_nickname)
    assert main(["check"], directory) == 1
    assert main(["write"], directory) == 0
    assert not stray.exists()
    assert main(["check"], directory) == 0


def test_wrong_use_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["erase"]) == main([]) == 2
    assert "write|check" in said(capsys)
