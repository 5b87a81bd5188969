"""`staffetta keys passphrase`: asked for the old one, all or nothing for each file."""

import stat
import subprocess
from multiprocessing import get_context
from pathlib import Path

import pytest

from shared.trust.kek import NoKek
from shared.trust.sealed_kek import PASSPHRASE, SealedKek, kek_file
from staffetta.stores import key_file
from tests.backup.places import Place, filled, new_place
from tests.staffetta.processes import COMMAND, REPOSITORY, Ended, staffetta, surroundings

FIRST, SECOND = "correct horse battery", "another horse, another staple"
NAMES = ("identification", "referral", "assistance", "observatory")


@pytest.fixture
def place(tmp_path: Path) -> Place:
    made = new_place("sqlite", tmp_path)
    filled(made, 2)
    return made


def change(place: Place, *lines: str) -> Ended:
    done = subprocess.run(
        [*COMMAND, "keys", "passphrase", "--data", place.data],
        input="\n".join(lines) + "\n",
        capture_output=True,
        encoding="utf-8",
        cwd=REPOSITORY,
        env=surroundings(),
        check=False,
    )
    said = done.stdout + done.stderr
    assert not any(line in said for line in lines if line), "a passphrase was shown"
    return Ended(done.returncode, done.stdout, done.stderr)


def test_from_the_one_that_was_made_to_one_that_is_chosen_and_to_another(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = place.keys.parent / "passphrase"
    before, wrapped = place.content(), place.keys.read_bytes()
    assert made.exists()
    changed = change(place, FIRST)
    assert (changed.code, changed.err) == (0, "")
    assert [line.split(":")[0] for line in changed.out.splitlines()] == list(NAMES)
    assert not made.exists(), "what opens nothing any more does not lie about"
    told = staffetta("keys", "status", "--data", place.data)
    assert told.code == 2
    assert f"set {PASSPHRASE}" in told.err

    monkeypatch.setenv(PASSPHRASE, FIRST)
    assert staffetta("keys", "rotate", "--data", place.data).code == 0
    assert change(place, FIRST, SECOND).code == 0
    assert "the passphrase is not the one" in staffetta("keys", "status", "--data", place.data).err
    monkeypatch.setenv(PASSPHRASE, SECOND)
    told = staffetta("keys", "status", "--data", place.data)
    assert "identification: version 2: " in told.out
    assert place.content() == before
    assert place.keys.read_bytes() != wrapped, "rotated in between"


def test_a_wrong_old_one_changes_nothing(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    change(place, FIRST)
    monkeypatch.setenv(PASSPHRASE, FIRST)
    before = [kek_file(key_file(place.data, name)).read_bytes() for name in NAMES]
    refused = change(place, "a wrong horse battery", SECOND)
    assert refused.code == 1
    assert "the passphrase is not the one" in refused.err
    assert [kek_file(key_file(place.data, name)).read_bytes() for name in NAMES] == before
    assert staffetta("keys", "status", "--data", place.data).code == 0


def test_a_short_one_is_refused(place: Place) -> None:
    refused = change(place, "rosa")
    assert refused.code == 1
    assert "15 letters or more" in refused.err
    assert staffetta("keys", "status", "--data", place.data).code == 0


def test_where_it_was_interrupted_the_same_command_goes_on(place: Place) -> None:
    made = (place.keys.parent / "passphrase").read_text()
    SealedKek(kek_file(place.keys), made.encode()).seal_under(FIRST.encode())
    changed = change(place, FIRST)
    assert changed.code == 0
    assert "identification: has the new passphrase already" in changed.out
    for name in NAMES:
        SealedKek(kek_file(key_file(place.data, name)), FIRST.encode())


def change_for_ever(path: Path) -> None:
    kek = SealedKek(path, FIRST.encode())
    while True:
        kek.seal_under(SECOND.encode())
        kek.seal_under(FIRST.encode())


def test_killed_at_any_moment_the_file_has_the_old_one_or_the_new_one(
    place: Place,
) -> None:
    path = kek_file(place.keys)
    made = (place.keys.parent / "passphrase").read_text()
    SealedKek(path, made.encode()).seal_under(FIRST.encode())
    versions = SealedKek(path, FIRST.encode()).versions()
    opened: list[str] = []
    for turn in range(8):
        SealedKek(path, (opened or [FIRST])[-1].encode()).seal_under(FIRST.encode())
        process = get_context("fork").Process(target=change_for_ever, args=(path,))
        process.start()
        process.join(0.3 + 0.07 * turn)
        process.kill()
        process.join()
        (which,) = [each for each in (FIRST, SECOND) if opens(path, each)]
        assert SealedKek(path, which.encode()).versions() == versions
        opened.append(which)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def opens(path: Path, passphrase: str) -> bool:
    try:
        SealedKek(path, passphrase.encode())
    except NoKek:
        return False
    return True
