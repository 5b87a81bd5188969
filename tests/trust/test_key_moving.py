"""Keys moved from a file to each other place: all of them, once, and none twice.

Killed (SIGKILL) at each step, one of the two places has everything and nobody reads from half.
"""

import itertools
import os
import signal
from contextlib import closing
from multiprocessing import get_context
from pathlib import Path

import pytest

from shared.trust import key_moving, key_store
from shared.trust.key_file import MovedAway, keys_in_file
from shared.trust.key_moving import DoesNotOpen, NotEmpty, move
from shared.trust.keys import DestroyedKey
from tests.trust.key_places import KEKS, SHELVES, KeyPlace, kek_place, new_shelf

PERSONS = 12
SPAWN = get_context("spawn")
STEPS = ("_opened", "_only_what_was_moved", "_take", "_marked", "give_up", "sweep")
Made = dict[str, bytes]


def silent(_done: int, _total: int) -> None:
    """Nobody watches."""


def filled(file: KeyPlace) -> Made:
    """Persons with a key each, one who was forgotten, and a secret of the service."""
    with closing(file.open()) as keys:
        made = {f"case-{n}": keys.key_for(f"case-{n}", "identity") for n in range(PERSONS)}
        keys.key_for("case-forgotten", "identity")
        keys.destroy("case-forgotten")
        keys.secret("observatory")
    return made


def has_everything(place: KeyPlace, made: Made) -> bool:
    try:
        with closing(place.open()) as keys:
            assert {name: keys.known_key(name, "identity") for name in made} == made
            with pytest.raises(DestroyedKey):
                keys.key_for("case-forgotten", "identity")
            return True
    except MovedAway:
        return False


@pytest.fixture
def file(tmp_path: Path) -> KeyPlace:
    return KeyPlace(tmp_path / "old.kek", new_shelf("file", tmp_path))


@pytest.mark.parametrize("kek", KEKS)
@pytest.mark.parametrize("shelf", SHELVES)
def test_every_key_opens_in_the_new_place_and_nothing_in_the_file(
    file: KeyPlace, kek: str, shelf: str, tmp_path: Path
) -> None:
    made = filled(file)
    with kek_place(kek, tmp_path) as where:
        new = KeyPlace(where, new_shelf(shelf, tmp_path))
        with closing(file.open()) as old, closing(new.open()) as there:
            secret = old.secret("observatory")
            with old.writing() as at:
                wrapped = [bytes(key) for (key,) in at.rows("SELECT key FROM wrapped")]
            assert move(old, there, silent) == PERSONS + 1
            assert there.secret("observatory") == secret
            with pytest.raises(MovedAway):
                old.known_key("case-1", "identity")
            with pytest.raises(MovedAway):
                old.key_for("case-new", "identity")
        assert has_everything(new, made)
        assert not has_everything(file, made)
        left = b"".join(each.read_bytes() for each in Path(file.shelf).parent.iterdir())
        assert not [key for key in wrapped if key in left], "off the disk"


@pytest.mark.parametrize("shelf", SHELVES)
@pytest.mark.parametrize("at_once", [1, 5, PERSONS + 1, PERSONS + 2])
def test_however_many_are_read_at_once_all_of_them_are_moved(
    file: KeyPlace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shelf: str, at_once: int
) -> None:
    made = filled(file)
    monkeypatch.setattr(key_store, "_AT_ONCE", at_once)
    new = KeyPlace(tmp_path / "new.kek", new_shelf(shelf, tmp_path))
    with closing(file.open()) as old, closing(new.open()) as there:
        assert move(old, there, silent) == PERSONS + 1
    assert has_everything(new, made)


@pytest.mark.parametrize("shelf", SHELVES)
@pytest.mark.parametrize(
    ("step", "when"), list(itertools.product(STEPS, ("before", "after", "second")))
)
def test_killed_at_each_step_one_of_both_has_everything(
    file: KeyPlace, tmp_path: Path, shelf: str, step: str, when: str
) -> None:
    made = filled(file)
    new = KeyPlace(tmp_path / "new.kek", new_shelf(shelf, tmp_path))
    process = SPAWN.Process(target=moved_until, args=(file, new, step, when))
    process.start()
    process.join()
    assert process.exitcode in ((0, -signal.SIGKILL) if when == "second" else (-signal.SIGKILL,))
    if has_everything(file, made):
        with closing(file.open()) as keys:
            # Life goes on where it was, until it is tried again.
            made["case-born"] = keys.key_for("case-born", "identity")
            keys.destroy("case-0")
        del made["case-0"]
        with closing(file.open()) as old, closing(new.open()) as there:
            move(old, there, silent)
            with pytest.raises(DestroyedKey):
                there.known_key("case-0", "identity")
    assert has_everything(new, made)
    assert not has_everything(file, made)


def moved_until(file: KeyPlace, new: KeyPlace, step: str, when: str) -> None:
    """A move in whose step, the first or the second time that it comes, the process is killed."""
    calls = itertools.count(1)
    with closing(file.open()) as old, closing(new.open()) as there:
        where = old if step == "sweep" else key_moving
        real = getattr(where, step)

        def killing(*given: object) -> object:
            call = next(calls)
            if (call, when) in ((1, "before"), (2, "second")):
                os.kill(os.getpid(), signal.SIGKILL)
            told = real(*given)
            if (call, when) == (1, "after"):
                os.kill(os.getpid(), signal.SIGKILL)
            return told

        setattr(where, step, killing)
        move(old, there, silent)


@pytest.mark.parametrize("shelf", SHELVES)
def test_a_place_in_use_takes_nothing(file: KeyPlace, tmp_path: Path, shelf: str) -> None:
    made = filled(file)
    new = KeyPlace(tmp_path / "new.kek", new_shelf(shelf, tmp_path))
    with closing(file.open()) as old, closing(new.open()) as there:
        theirs = there.key_for("case-theirs", "identity")
        with pytest.raises(NotEmpty):
            move(old, there, silent)
        assert there.known_key("case-theirs", "identity") == theirs
    assert has_everything(file, made)


def test_who_was_forgotten_only_in_the_new_place_stops_it(file: KeyPlace, tmp_path: Path) -> None:
    made = filled(file)
    new = KeyPlace(tmp_path / "new.kek", new_shelf("file", tmp_path))
    with closing(file.open()) as old, closing(new.open()) as there:
        there.destroy("case-1")
        with pytest.raises(NotEmpty):
            move(old, there, silent)
    assert has_everything(file, made)


def test_a_key_that_does_not_open_stops_it(file: KeyPlace, tmp_path: Path) -> None:
    filled(file)
    new = KeyPlace(tmp_path / "new.kek", new_shelf("file", tmp_path))
    with closing(file.open()) as old, closing(new.open()) as there:
        with old.writing() as at:
            at.rows("UPDATE wrapped SET subject = 'case-other' WHERE subject = 'case-1'")
        with pytest.raises(DoesNotOpen):
            move(old, there, silent)
        assert len(old.known_key("case-2", "identity")) == 32, "the file is as it was"


def test_a_file_that_was_given_up_is_not_begun_anew(file: KeyPlace, tmp_path: Path) -> None:
    filled(file)
    new = KeyPlace(tmp_path / "new.kek", new_shelf("file", tmp_path))
    with closing(file.open()) as old, closing(new.open()) as there:
        move(old, there, silent)
    with pytest.raises(MovedAway, match="moved to another place"):
        keys_in_file(Path(file.shelf))
