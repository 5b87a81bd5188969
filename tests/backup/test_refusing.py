"""A backup that is damaged, foreign, or newer is refused in words, and nothing was changed."""

import json
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from shared.trust.merkle import canonical
from staffetta.backup import sqlite as on_sqlite
from staffetta.backup.manifest import NAME as MANIFEST
from staffetta.backup.manifest import NotRestorable, described
from tests.backup.places import NAME, Place, filled, new_place


@pytest.fixture
def place(kind: str, tmp_path: Path) -> Place:
    made = new_place(kind, tmp_path)
    filled(made, 5)
    return made


@pytest.fixture
def saved(place: Place, tmp_path: Path) -> Path:
    place.save(tmp_path / "saved")
    filled(place, 1)
    return tmp_path / "saved"


def refused(place: Place, saved: Path) -> str:
    """Why it is refused; nothing was changed by it."""
    before, files = place.content(), place.files()
    with pytest.raises(NotRestorable) as why:
        place.bring_back(saved)
    assert place.content() == before
    assert {name for name in place.files() - files if "-" not in name} == set()
    return str(why.value)


def files_of(saved: Path) -> list[Path]:
    return sorted((saved / NAME).iterdir())


def flip(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


def test_a_flipped_byte_in_any_file_is_noticed(place: Place, saved: Path) -> None:
    for path in files_of(saved):
        size = path.stat().st_size
        for at in (size // 2, size - 2):
            flip(path, at)
            told = refused(place, saved)
            assert str(path) in told
            assert "changed" in told or "damaged" in told
            flip(path, at)
    place.bring_back(saved)


def test_a_file_that_ends_early_or_is_missing_is_noticed(place: Place, saved: Path) -> None:
    for path in files_of(saved):
        content = path.read_bytes()
        os.truncate(path, len(content) - 2)
        assert str(path) in refused(place, saved)
        path.unlink()
        assert refused(place, saved).startswith(str(path if path.name != MANIFEST else saved))
        path.write_bytes(content)
    place.bring_back(saved)


def rewritten(saved: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """The manifest with a change and a digest that fits, as if it were made so."""
    path = saved / NAME / MANIFEST
    told = json.loads(path.read_text())["manifest"]
    change(told)
    path.write_text(json.dumps({"manifest": told, "sha256": sha256(canonical(told)).hexdigest()}))


@pytest.mark.parametrize("which", ["format", "schema_version"])
def test_a_backup_of_a_newer_program_is_refused(place: Place, saved: Path, which: str) -> None:
    rewritten(saved, lambda told: told.update({which: told[which] + 1, "unknown": 1}))
    assert "newer Staffetta" in refused(place, saved)


def test_a_backup_of_another_service_is_refused(place: Place, saved: Path) -> None:
    rewritten(saved, lambda told: told.update(service="referral"))
    assert "a backup of referral" in refused(place, saved)


def test_a_backup_of_another_kind_of_store_is_refused(place: Place, saved: Path) -> None:
    other = "sqlite" if place.database else "postgresql"
    rewritten(saved, lambda told: told.update(store=other))
    assert "goes back into" in refused(place, saved)


def test_a_backup_of_another_installation_is_refused(
    kind: str, saved: Path, tmp_path: Path
) -> None:
    stranger = new_place(kind, tmp_path)
    filled(stranger, 1)
    assert "other keys" in refused(stranger, saved)


def test_without_the_keys_nothing_is_restored(place: Place, saved: Path, tmp_path: Path) -> None:
    place.keys.rename(tmp_path / "apart")
    with pytest.raises(NotRestorable, match=r"bring the key(s| file) back first"):
        place.bring_back(saved)
    assert not place.keys.exists(), "no new keys were made for it"
    (tmp_path / "apart").rename(place.keys)
    place.bring_back(saved)


def test_positions_that_are_not_the_stores_are_refused(place: Place, saved: Path) -> None:
    rewritten(saved, lambda told: told["positions"].update(audit=told["positions"]["audit"] + 1))
    assert "speaks of another store" in refused(place, saved)


def test_a_store_with_a_hole_is_refused_though_every_digest_fits(tmp_path: Path) -> None:
    place = new_place("sqlite", tmp_path)
    filled(place, 5)
    place.save(tmp_path / "saved")
    file = tmp_path / "saved" / NAME / on_sqlite.FILE
    with closing(sqlite3.connect(file)) as store:
        store.execute("DELETE FROM audit WHERE idx = 2")
        store.commit()
    rewritten(tmp_path / "saved", lambda told: told.update(files=[described(file).model_dump()]))
    assert "leaf 2 of the audit log is missing" in refused(place, tmp_path / "saved")


def test_what_is_no_backup_is_refused(place: Place, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "holds no backup" in refused(place, tmp_path / "empty")
    assert "holds no backup" in refused(place, tmp_path / "nowhere")
