"""Killed at any moment, a backup is whole or not there, and a store is the old one or the new."""

import multiprocessing
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from staffetta.backup.saving import Taken
from tests.backup.places import ADDED, Place, filled, new_place

TIMES = 10


@pytest.fixture
def place(kind: str, tmp_path: Path) -> Place:
    made = new_place(kind, tmp_path)
    filled(made, 60)
    return made


def killed_after(seconds: float, work: Callable[[Path], object], directory: Path) -> bool:
    """Whether it came to its end before it was killed."""
    process = multiprocessing.get_context("fork").Process(target=work, args=(directory,))
    process.start()
    process.join(seconds)
    process.kill()
    process.join()
    assert process.exitcode in (0, -signal.SIGKILL)
    return process.exitcode == 0


def moments(work: Callable[[Path], object], directory: Path) -> list[float]:
    """From the beginning to a little after the end, as long as it takes here."""
    began = time.monotonic()
    work(directory)
    took = time.monotonic() - began
    return [took * (turn + 0.5) / (TIMES - 2) for turn in range(TIMES)]


@pytest.mark.timeout(300)
def test_a_backup_is_whole_or_not_there(place: Place, tmp_path: Path) -> None:
    done = 0
    for turn, moment in enumerate(moments(place.save, tmp_path / "first")):
        directory = tmp_path / f"saved-{turn}"
        ended = killed_after(moment, place.save, directory)
        assert directory.exists() or not ended
        if directory.exists():
            done += 1
            place.bring_back(directory)
        else:
            place.save(directory)
            with pytest.raises(Taken):
                place.save(directory)
    assert done < TIMES, "none was killed in the middle"


@pytest.mark.timeout(300)
def test_a_restore_leaves_the_old_store_or_the_new(place: Place, tmp_path: Path) -> None:
    place.save(tmp_path / "saved")
    old = place.content()
    seen = set()
    for moment in moments(place.bring_back, tmp_path / "saved"):
        filled(place, 1)
        newer = place.content()
        killed_after(moment, place.bring_back, tmp_path / "saved")
        after = place.content()
        told = {table: rows for table, rows in after.items() if table not in ADDED}
        came_back = told == {table: rows for table, rows in old.items() if table not in ADDED}
        assert came_back or after == newer
        seen.add(came_back)
        place.bring_back(tmp_path / "saved")
    assert False in seen, "none was killed in the middle"
