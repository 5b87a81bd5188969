"""Data directories that are damaged, full, or not ours: told in words, never in a traceback."""

import ctypes
import os
import resource
import shutil
import subprocess
from pathlib import Path

import pytest

from staffetta.four import FOUR
from tests.staffetta.conftest import Ask
from tests.staffetta.processes import COMMAND, REPOSITORY, surroundings
from tests.staffetta.test_cli_load import EQUAL, SAMPLE

STORES = [f"{part.name}.sqlite" for part in FOUR]
KEYS = [f"keys/{part.name}.keys.sqlite" for part in FOUR]
_DROP, _POWERS_OF_ROOT = 24, (1, 2)  # PR_CAPBSET_DROP; CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation with some people in it."""
    directory = tmp_path_factory.mktemp("whole") / "var"
    loaded = run("load", "nrm", SAMPLE, "--data", directory)
    assert (loaded.returncode, loaded.stdout) == (0, EQUAL)
    return directory


@pytest.fixture
def damaged(whole: Path, tmp_path: Path) -> Path:
    return shutil.copytree(whole, tmp_path / "damaged")


def run(*words: str | Path, most_bytes: int | None = None) -> subprocess.CompletedProcess[str]:
    """A command to its end, where file modes bind root too.

    `most_bytes`: no file can grow beyond this, as on a full disk.
    """

    def limit() -> None:
        for power in _POWERS_OF_ROOT if os.geteuid() == 0 else ():
            ctypes.CDLL(None).prctl(_DROP, power, 0, 0, 0)
        if most_bytes is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))

    return subprocess.run(
        [*COMMAND, *map(str, words)],
        cwd=REPOSITORY,
        env={**surroundings(), "PYTHONDONTWRITEBYTECODE": "1"},
        preexec_fn=limit,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=90,
    )


@pytest.mark.parametrize("name", [*STORES, *KEYS])
@pytest.mark.parametrize("how", ["overwritten", "gone"])
def test_the_file_that_cannot_be_used_is_named(
    ask: Ask, damaged: Path, name: str, how: str
) -> None:
    for beside in damaged.glob(f"{name}-*"):
        beside.unlink()
    (damaged / name).unlink()
    if how == "overwritten":
        (damaged / name).write_text("Rosa Bianchi " * 500)
    refused = ask("rebuild", "--data", damaged)
    assert refused.code == 2
    assert f"--data: {damaged / name} cannot be used: " in refused.err
    assert "Rosa" not in refused.err


def test_a_store_that_is_gone_is_not_begun_anew(ask: Ask, damaged: Path) -> None:
    (damaged / "referral.sqlite").unlink()
    for command in (("serve",), ("demo", "--once"), ("load", "nrm", SAMPLE)):
        refused = ask(*command, "--data", damaged)
        assert (refused.code, (damaged / "referral.sqlite").exists()) == (2, False)
        assert "it was here and is gone: restore it from a backup" in refused.err


def test_a_store_that_ends_early_is_told(ask: Ask, damaged: Path) -> None:
    os.truncate(damaged / "identification.sqlite", 40_000)
    refused = ask("rebuild", "identification", "--data", damaged)
    assert refused.code == 2
    assert "--data: " in refused.err
    assert "malformed" in refused.err


@pytest.mark.parametrize("name", ["keys/token.pem", "accounts.json"])
def test_a_broken_file_beside_the_stores_is_named(ask: Ask, damaged: Path, name: str) -> None:
    (damaged / name).write_text("Rosa Bianchi")
    refused = ask("token", "op-nrm-police", "--data", damaged)
    assert (refused.code, refused.out) == (2, "")
    assert str(damaged / name) in refused.err
    assert "Rosa" not in refused.err


def test_a_directory_that_cannot_be_made_is_told(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    refused = ask("demo", "--once", "--data", tmp_path / "file" / "var")
    assert refused.code == 2
    assert refused.err == "--data: the directory cannot be used: Not a directory\n"


def test_a_directory_that_may_not_be_written_is_told(whole: Path, tmp_path: Path) -> None:
    readable = shutil.copytree(whole, tmp_path / "readable")
    for path in (*readable.rglob("*"), readable):
        path.chmod(0o500 if path.is_dir() else 0o400)
    refused = run("rebuild", "--data", readable)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith("--data: ")
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize("most", [20_000, 300_000, 600_000])
def test_a_full_disk_is_told_and_nothing_is_lost_by_it(tmp_path: Path, most: int) -> None:
    data = tmp_path / "var"
    refused = run("load", "nrm", SAMPLE, "--data", data, most_bytes=most)
    assert refused.returncode == 2
    assert refused.stderr.splitlines()[-1].startswith("--data: ")
    assert "Traceback" not in refused.stderr
    again = run("load", "nrm", SAMPLE, "--data", data)
    assert (again.returncode, again.stdout) == (0, EQUAL)
