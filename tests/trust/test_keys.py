"""The key file: shared, stable, for its owner only, and an error where it knows no key."""

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from multiprocessing import get_context
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest

from shared.trust.key_file import keys_in_file
from shared.trust.keys import DestroyedKey, UnknownKey
from tests.support.threads import at_once

PROCESSES, SUBJECTS = 2, 20


def modes_in(directory: Path) -> dict[str, int]:
    return {file.name: stat.S_IMODE(file.stat().st_mode) for file in directory.iterdir()}


def look(directory: Path, sql: str) -> list[tuple[bytes, ...]]:
    with closing(sqlite3.connect(directory / "keys.sqlite")) as database:
        return database.execute(sql).fetchall()


@pytest.fixture
def careless_umask() -> Iterator[None]:
    """New files would be readable by everybody."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("careless_umask")
def test_only_the_owner_may_read_it_and_what_sqlite_puts_beside_it(tmp_path: Path) -> None:
    keys = keys_in_file(tmp_path / "keys" / "of-a-service.sqlite")
    keys.key_for("case-1", "identity")
    modes = modes_in(tmp_path / "keys")
    assert "of-a-service.sqlite-wal" in modes
    assert set(modes.values()) == {0o600}
    keys.close()


@pytest.mark.parametrize("mode", [0o644, 0o666, 0o400])
def test_a_file_of_another_mode_is_closed_to_others(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "keys.sqlite"
    with closing(keys_in_file(path)) as keys:
        before = keys.key_for("case-1", "identity")
    path.chmod(mode)
    with closing(keys_in_file(path)) as keys:
        assert keys.key_for("case-1", "identity") == before
        keys.key_for("case-2", "identity")
        assert set(modes_in(tmp_path).values()) == {0o600}


def test_each_subject_and_class_has_a_key_of_its_own_that_stays(tmp_path: Path) -> None:
    keys = keys_in_file(tmp_path / "keys.sqlite")
    places = [(f"case-{n}", of) for n in range(9) for of in ("identity", "contact", "health")]
    made = {place: keys.key_for(*place) for place in places}
    assert len(set(made.values())) == len(places)
    assert {len(key) for key in made.values()} == {32}
    assert {place: keys.key_for(*place) for place in places} == made
    assert {place: keys.known_key(*place) for place in places} == made


def test_an_unknown_key_is_an_error_and_is_not_made_by_asking(tmp_path: Path) -> None:
    keys = keys_in_file(tmp_path / "keys.sqlite")
    keys.key_for("case-1", "identity")
    for unknown in (("case-1", "health"), ("case-2", "identity"), ("", "")):
        for _time in (1, 2):
            with pytest.raises(UnknownKey):
                keys.known_key(*unknown)


def test_keys_and_secrets_are_the_same_after_opening_again(tmp_path: Path) -> None:
    with closing(keys_in_file(tmp_path / "keys.sqlite")) as keys:
        key, secret = keys.key_for("case-1", "identity"), keys.secret("observatory")
        assert keys.secret("observatory") == secret != keys.secret("answers")
    with closing(keys_in_file(tmp_path / "keys.sqlite")) as again:
        assert again.secret("observatory") == secret
        assert again.known_key("case-1", "identity") == key


def test_two_connections_agree_on_one_key(tmp_path: Path) -> None:
    connections = [keys_in_file(tmp_path / "keys.sqlite") for _ in range(2)]
    made: list[tuple[str, bytes]] = []

    def ask(number: int) -> None:
        for subject in range(SUBJECTS):
            key = connections[number % 2].key_for(f"case-{subject}", "identity")
            made.append((f"case-{subject}", key))

    at_once(8, ask)
    assert len(made) == 8 * SUBJECTS
    assert len(set(made)) == SUBJECTS


def ask_in_a_process(path: Path, together: Barrier, told: "Queue[list[bytes]]") -> None:
    together.wait(timeout=60)
    keys = keys_in_file(path)
    told.put([keys.key_for(f"case-{n}", "identity") for n in range(SUBJECTS)])


def test_two_processes_agree_on_one_key(tmp_path: Path) -> None:
    spawn = get_context("spawn")
    together, told = spawn.Barrier(PROCESSES), spawn.Queue()
    given = (tmp_path / "keys.sqlite", together, told)
    processes = [spawn.Process(target=ask_in_a_process, args=given) for _ in range(PROCESSES)]
    for process in processes:
        process.start()
    first, second = (told.get(timeout=60) for _ in processes)
    for process in processes:
        process.join(timeout=60)
    assert first == second
    assert len(set(first)) == SUBJECTS


def test_a_destroyed_subject_has_no_key_and_never_gets_one_again(tmp_path: Path) -> None:
    keys = keys_in_file(tmp_path / "keys.sqlite")
    gone = [keys.key_for("case-1", of) for of in ("identity", "contact")]
    kept = keys.key_for("case-2", "identity")
    wrapped = [row[0] for row in look(tmp_path, "SELECT key FROM wrapped")]
    keys.destroy("case-1")
    keys.destroy("case-1")
    for ask in (keys.known_key, keys.key_for):
        with pytest.raises(DestroyedKey):
            ask("case-1", "identity")
    assert keys.known_key("case-2", "identity") == kept
    with closing(keys_in_file(tmp_path / "keys.sqlite")) as another, pytest.raises(DestroyedKey):
        another.key_for("case-1", "health")
    written = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert sum(key in written for key in wrapped) == 1, "only case-2's is left, wrapped"
    assert not any(key in written for key in (*gone, kept))


def test_a_subject_without_a_key_is_marked_as_destroyed_all_the_same(tmp_path: Path) -> None:
    with closing(keys_in_file(tmp_path / "keys.sqlite")) as keys:
        with pytest.raises(UnknownKey):
            keys.known_key("case-1", "identity")
        keys.destroy("case-1")
        with pytest.raises(DestroyedKey):
            keys.known_key("case-1", "identity")


def test_the_secrets_of_the_service_cannot_be_destroyed_as_a_subject(tmp_path: Path) -> None:
    with closing(keys_in_file(tmp_path / "keys.sqlite")) as keys:
        secret = keys.secret("answers")
        with pytest.raises(ValueError, match="secrets"):
            keys.destroy("service")
        assert keys.secret("answers") == secret


def test_who_was_destroyed_is_known_in_order_and_after_opening_again(tmp_path: Path) -> None:
    keys = keys_in_file(tmp_path / "keys.sqlite")
    assert list(keys.destroyed()) == []
    keys.key_for("case-b", "identity")
    for subject in ("case-b", "case-a", "case-b"):
        keys.destroy(subject)
    keys.close()
    assert list(keys_in_file(tmp_path / "keys.sqlite").destroyed()) == ["case-a", "case-b"]
