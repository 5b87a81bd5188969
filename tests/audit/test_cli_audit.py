"""`staffetta audit export` and `staffetta verify`, on both stores, as an auditor uses them."""

from pathlib import Path

import pytest
from psycopg.conninfo import make_conninfo

from staffetta.commands import app
from staffetta.ending import ended
from staffetta.installation import open_installation
from tests.staffetta.processes import Ended
from tests.support.stores import new_database


def asked(capsys: pytest.CaptureFixture[str], *words: str | Path) -> Ended:
    capsys.readouterr()
    code = ended(app, [str(word) for word in words])
    said = capsys.readouterr()
    return Ended(code, said.out, said.err)


@pytest.fixture
def where(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """An installation, or the database of one service: how a command is told of it."""
    data = tmp_path / "var"
    open_installation(data).close()
    if kind == "sqlite":
        return ["--data", str(data)]
    monkeypatch.setenv("STAFFETTA_SERVICE", "identification")
    monkeypatch.setenv("STAFFETTA_POSTGRES", make_conninfo(**vars(new_database())))
    monkeypatch.setenv("STAFFETTA_KEYS", str(data / "keys"))
    return []


def test_what_is_exported_is_verified_and_a_flipped_byte_ends_with_one(
    where: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    directory = tmp_path / "export"
    exported = asked(capsys, "audit", "export", directory, *where)
    assert (exported.code, "identification: 0 entries" in exported.out) == (0, True)
    none_needed = [] if where else ["--quorum", "0"]  # one service alone has no witness
    passed = asked(capsys, "verify", directory, *none_needed)
    assert (passed.code, passed.out.count("✗")) == (0, 0)
    assert "✓ identification: root and inclusion" in passed.out
    checkpoint = directory / "identification" / "checkpoint"
    checkpoint.write_text(checkpoint.read_text().replace("\n0\n", "\n1\n"))
    failed = asked(capsys, "verify", directory, *none_needed)
    assert failed.code == 1
    assert "checkpoint is another than the one that was exported" in failed.out
    assert "✗ identification: signature\n    the checkpoint's signature is wrong" in failed.out


def test_wrong_use_is_told_as_such(
    where: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a-file").write_text("")
    assert asked(capsys, "verify", tmp_path / "nowhere").code == 2
    assert asked(capsys, "verify", tmp_path / "a-file").code == 2
    assert asked(capsys, "audit", "export", tmp_path / "a-file", *where).code == 2
    assert asked(capsys, "audit", "export", tmp_path / "twice", *where).code == 0
    again = asked(capsys, "audit", "export", tmp_path / "twice", *where)
    assert (again.code, "there is something in it already" in again.err) == (2, True)
