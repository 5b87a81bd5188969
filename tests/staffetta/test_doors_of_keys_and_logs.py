"""Wrong files, wrong directories, nothing at all and wrong passphrases: what each command says.

Told in words, with what to do next; never a traceback, never what was given.
"""

import io
import shutil
from pathlib import Path

import pytest

from staffetta.installation import open_installation
from tests.audit.test_cli_audit import asked
from tests.staffetta.processes import Ended

OPENING = (
    ("keys", "status"),
    ("keys", "rotate"),
    ("keys", "renew-likenesses"),
    ("audit", "export", "new-directory"),
)
EACH = (*OPENING, ("keys", "passphrase"))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("made") / "var"
    open_installation(directory).close()
    return directory


@pytest.fixture
def data(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(made, tmp_path / "var")
    return tmp_path / "var"


def told(ended: Ended, code: int = 2) -> str:
    assert ended.code == code, ended.out + ended.err
    assert "Traceback" not in ended.out + ended.err
    return ended.err


@pytest.mark.parametrize("command", EACH, ids=" ".join)
def test_a_file_and_an_empty_directory_are_no_installation(
    command: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, empty = tmp_path / "file", tmp_path / "empty"
    file.write_text("")
    empty.mkdir()
    assert "that is a file, and no directory" in told(asked(capsys, *command, "--data", file))
    for nothing in (empty, tmp_path / "nowhere"):
        said = told(asked(capsys, *command, "--data", nothing))
        assert "there is no installation there yet: `staffetta serve`" in said
    assert not list(empty.iterdir())
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("command", OPENING, ids=" ".join)
def test_a_wrong_passphrase_says_what_names_the_right_one(
    command: tuple[str, ...],
    data: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("STAFFETTA_KEY_PASSPHRASE", "a wrong horse")
    said = told(asked(capsys, *command, "--data", data))
    assert "is not the one that its file was sealed with: set STAFFETTA_KEY_PASSPHRASE" in said
    assert "horse" not in said
    assert not Path("new-directory").exists()


@pytest.mark.parametrize("command", OPENING, ids=" ".join)
@pytest.mark.parametrize("content", ["", "no keys"], ids=["empty", "another"])
def test_a_damaged_file_of_key_encryption_keys_is_named(
    command: tuple[str, ...], content: str, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (data / "keys" / "identification.keys.kek").write_text(content)
    said = told(asked(capsys, *command, "--data", data))
    assert "identification.keys.kek cannot be read, or is no file of key-encryption keys" in said
    assert "restore it from your copy" in said


def test_a_new_passphrase_that_is_none_changes_nothing(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (data / "keys" / "identification.keys.kek").read_bytes()
    for typed in ("", "\n", "too short\n"):
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        ended = asked(capsys, "keys", "passphrase", "--data", data)
        assert "Nothing was changed: a passphrase has 15 letters or more" in told(ended, 1)
    assert (data / "keys" / "identification.keys.kek").read_bytes() == before


def test_a_wrong_old_passphrase_changes_nothing(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (data / "keys" / "identification.keys.kek").read_bytes()
    monkeypatch.setenv("STAFFETTA_KEY_PASSPHRASE", "as it is served")
    monkeypatch.setattr("sys.stdin", io.StringIO("a wrong old horse\na new and longer horse\n"))
    said = told(asked(capsys, "keys", "passphrase", "--data", data), 1)
    assert said.count("the passphrase is not the one") == 4
    assert "horse" not in said
    assert (data / "keys" / "identification.keys.kek").read_bytes() == before


def test_an_export_is_not_written_among_other_files(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "of-somebody").write_text("no export")
    said = told(asked(capsys, "audit", "export", tmp_path / "notes", "--data", data))
    assert "there is something in it already: name a new one" in said
    assert [each.name for each in (tmp_path / "notes").iterdir()] == ["of-somebody"]


def test_what_is_no_export_says_what_to_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    failed = asked(capsys, "verify", tmp_path)
    assert failed.code == 1
    assert "name the directory that `staffetta audit export` wrote" in failed.out


@pytest.mark.parametrize(
    ("address", "token", "words"),
    [
        ("network.example", "a-token", "an address begins with https://"),
        ("", "a-token", "an address begins with https://"),
        ("http://127.0.0.1:1", "", "there is no token: ask the network for an auditor's"),
        ("http://127.0.0.1:1", None, "it cannot be read"),
    ],
)
def test_a_witness_that_could_see_nothing_is_not_made(
    address: str, token: str | None, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if token is not None:
        (tmp_path / "token").write_text(token)
    state = ("--state", tmp_path / "state", "--name", "agency.example/witness", "--once")
    ended = asked(capsys, "witness", address, *state, "--token", tmp_path / "token")
    assert words in told(ended)
    assert not (tmp_path / "state").exists()
