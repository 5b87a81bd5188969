"""A backup is whole and of one moment, and a restore is the store as it was."""

import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from staffetta.backup.embedded import save
from staffetta.backup.manifest import NAME as MANIFEST
from staffetta.backup.manifest import NotRestorable
from staffetta.backup.saving import Taken
from staffetta.backup.sqlite import InUse
from staffetta.four import FOUR
from staffetta.installation import open_installation, running
from tests.backup.people import NAMES, travelled
from tests.backup.places import ADDED, NAME, Place, filled, new_place, report
from tests.wire.relaying import Asking, offered


@pytest.fixture
def place(kind: str, tmp_path: Path) -> Place:
    return new_place(kind, tmp_path)


def test_a_restore_is_the_store_as_it_was(place: Place, tmp_path: Path) -> None:
    filled(place, 20)
    before = place.content()
    manifest = place.save(tmp_path / "saved")
    filled(place, 5)
    assert place.content() != before
    place.bring_back(tmp_path / "saved")
    after = place.content()
    for table in before.keys() - ADDED:
        assert after[table] == before[table], table
    assert len(after["audit"]) == len(before["audit"]) + 1
    assert [row["taken"] for row in after["restores"]] == [manifest.at]
    assert (manifest.positions.events, manifest.positions.audit) == (20, 20)


def test_a_restored_store_can_be_written_and_saved_again(place: Place, tmp_path: Path) -> None:
    filled(place, 3)
    place.save(tmp_path / "first")
    place.bring_back(tmp_path / "first")
    filled(place, 3)
    second = place.save(tmp_path / "second")
    assert (second.positions.events, second.positions.audit) == (6, 7)
    place.bring_back(tmp_path / "second")
    filled(place, 1)
    assert place.save(tmp_path / "third").positions.events == 7


def test_a_store_that_is_gone_comes_back(place: Place, tmp_path: Path) -> None:
    filled(place, 3)
    before = place.content()
    place.save(tmp_path / "saved")
    other = new_place("sqlite" if place.database is None else "postgres", tmp_path)
    shutil.copyfile(place.keys, other.keys)
    with pytest.raises(NotRestorable, match="other keys"):
        other.bring_back(tmp_path / "saved")
    for file in place.keys.parent.iterdir():
        shutil.copyfile(file, other.keys.parent / file.name)
    other.bring_back(tmp_path / "saved")
    assert other.content()["stored_events"] == before["stored_events"]


@pytest.fixture
def written(place: Place) -> Iterator[Place]:
    """Four writers at work while this lasts."""
    store, over = place.open(), threading.Event()

    def write() -> None:
        while not over.is_set():
            report(store, 1)

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    yield place
    over.set()
    for thread in threads:
        thread.join()
    store.close()


def test_what_is_saved_while_others_write_is_of_one_moment(written: Place, tmp_path: Path) -> None:
    """Positions are measured in what was written: dense, and as many leaves as facts."""
    counts = [written.save(tmp_path / f"saved-{turn}").positions for turn in range(4)]
    assert [each.events for each in counts] == [each.audit for each in counts]
    assert counts[0].events < counts[-1].events, "nobody wrote meanwhile"


def test_nobody_has_heard_what_another_has_not_told_in_the_backup_of_all(tmp_path: Path) -> None:
    written: dict[tuple[str, str, int], int] = {}
    with closing(open_installation(tmp_path / "var")) as installation, running(installation):
        asking = Asking(installation)
        offered(asking)
        over = threading.Event()

        def travel() -> None:
            while not over.is_set():
                travelled(asking)

        thread = threading.Thread(target=travel)
        thread.start()
        try:
            for turn in range(6):
                manifests = save(tmp_path / "var", NAMES, tmp_path / f"saved-{turn}")
                written = {
                    (name, lane.topic, lane.lane): lane.last
                    for name, manifest in manifests.items()
                    for lane in manifest.positions.outbox
                }
                for manifest in manifests.values():
                    for heard in manifest.positions.inbox:
                        told = written[heard.sender, heard.topic, heard.lane]
                        assert heard.number <= told
        finally:
            over.set()
            thread.join()
    assert sum(written.values()) > len(FOUR)


def test_what_is_there_is_not_overwritten(place: Place, tmp_path: Path) -> None:
    place.save(tmp_path / "saved")
    with pytest.raises(Taken):
        place.save(tmp_path / "saved")
    (tmp_path / "file").write_text("a note")
    with pytest.raises(Taken):
        place.save(tmp_path / "file")
    (tmp_path / "empty").mkdir()
    place.save(tmp_path / "empty")


def test_a_store_in_use_is_not_replaced(place: Place, tmp_path: Path) -> None:
    filled(place, 2)
    place.save(tmp_path / "saved")
    with closing(place.open()) as store:
        report(store, 1)
        with pytest.raises(InUse):
            place.bring_back(tmp_path / "saved")
        report(store, 1)
        assert len(store.rows("SELECT 1 FROM contacts")) == 4


def test_a_backup_is_for_its_owner_only_and_holds_nothing_in_clear(
    place: Place, tmp_path: Path
) -> None:
    filled(place, 2)
    place.save(tmp_path / "saved")
    paths = list((tmp_path / "saved").rglob("*"))
    assert (tmp_path / "saved" / NAME / MANIFEST) in paths
    for path in [*paths, tmp_path / "saved"]:
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600), path
        assert path.is_dir() or b"Rosa" not in path.read_bytes()
        assert "key" not in path.name


def test_the_old_store_is_kept_beside_for_its_owner_only(tmp_path: Path) -> None:
    place = new_place("sqlite", tmp_path)
    place.save(tmp_path / "saved")
    filled(place, 2)
    place.bring_back(tmp_path / "saved")
    (old,) = place.data.glob(f"{NAME}.sqlite.before-*")
    for path in (old, place.data / f"{NAME}.sqlite"):
        assert path.stat().st_mode & 0o777 == 0o600, path
    with closing(sqlite3.connect(old)) as store:
        assert store.execute("SELECT COUNT(*) FROM contacts").fetchone() == (2,)
