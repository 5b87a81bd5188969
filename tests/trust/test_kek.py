"""Key-encryption keys: bound, rotated, resumed after a kill; and a file that opens to its
passphrase only."""

import multiprocessing
import os
import signal
import sqlite3
import stat
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from shared.trust.kek import CannotUnwrap, Kek, NoKek
from shared.trust.key_file import keys_in_file
from shared.trust.keys import KeyLingers
from shared.trust.sealed_kek import PASSPHRASE, sealed_kek
from tests.support.threads import at_once

SECRET = b"correct horse battery staple"
KEY, BOUND = bytes(range(32)), b"identification case-1 identity"


@pytest.fixture
def kek(tmp_path: Path) -> Kek:
    return sealed_kek(tmp_path / "a.kek", SECRET, chosen=False)


def database(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None)


def test_a_wrapped_key_unwraps_with_what_it_is_bound_to(kek: Kek) -> None:
    version, wrapped = kek.wrap(KEY, BOUND)
    assert (version, kek.versions()) == (1, [1])
    assert kek.unwrap(version, wrapped, BOUND) == KEY
    assert KEY not in wrapped
    with pytest.raises(CannotUnwrap):
        kek.unwrap(version, wrapped, b"identification case-2 identity")


def test_every_flipped_bit_of_a_wrapped_key_is_noticed(kek: Kek) -> None:
    version, wrapped = kek.wrap(KEY, BOUND)
    for bit in range(8 * len(wrapped)):
        changed = bytearray(wrapped)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(CannotUnwrap):
            kek.unwrap(version, bytes(changed), BOUND)
    for end in range(len(wrapped)):
        with pytest.raises(CannotUnwrap):
            kek.unwrap(version, wrapped[:end], BOUND)


def test_a_new_version_wraps_and_the_old_one_unwraps_until_it_is_retired(kek: Kek) -> None:
    old, wrapped = kek.wrap(KEY, BOUND)
    assert kek.rotate() == kek.current == 2
    new, again = kek.wrap(KEY, BOUND)
    assert kek.unwrap(old, wrapped, BOUND) == kek.unwrap(new, again, BOUND) == KEY
    with pytest.raises(CannotUnwrap):
        kek.unwrap(new, wrapped, BOUND)
    kek.retire(new)
    with pytest.raises(NoKek):
        kek.unwrap(old, wrapped, BOUND)
    with pytest.raises(ValueError, match="in use"):
        kek.retire(new + 1)


def test_another_process_s_rotation_is_noticed(kek: Kek, tmp_path: Path) -> None:
    another = sealed_kek(tmp_path / "a.kek", SECRET)
    kek.rotate()
    version, wrapped = kek.wrap(KEY, BOUND)
    assert another.unwrap(version, wrapped, BOUND) == KEY
    assert another.current == 2


def test_a_wrong_passphrase_is_told_without_a_trace_of_either(tmp_path: Path) -> None:
    sealed_kek(tmp_path / "a.kek", SECRET)
    assert stat.S_IMODE((tmp_path / "a.kek").stat().st_mode) == 0o600
    with pytest.raises(NoKek, match="passphrase") as refused:
        sealed_kek(tmp_path / "a.kek", b"another horse")
    assert "horse" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_damaged_file_is_told_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "a.kek").write_text("{")
    with pytest.raises(NoKek, match="cannot be read"):
        sealed_kek(tmp_path / "a.kek", SECRET)
    assert (tmp_path / "a.kek").read_text() == "{"


def test_a_passphrase_of_the_environment_opens_and_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PASSPHRASE, SECRET.decode())
    with closing(keys_in_file(tmp_path / "referral.keys.sqlite")) as keys:
        key = keys.key_for("case-1", "identity")
    assert not (tmp_path / "passphrase").exists()
    assert SECRET not in b"".join(file.read_bytes() for file in tmp_path.iterdir())
    with closing(keys_in_file(tmp_path / "referral.keys.sqlite")) as keys:
        assert keys.known_key("case-1", "identity") == key
    monkeypatch.setenv(PASSPHRASE, "another")
    with pytest.raises(NoKek, match="passphrase"):
        keys_in_file(tmp_path / "referral.keys.sqlite")


@pytest.mark.parametrize("gone", ["passphrase", "referral.keys.kek"])
def test_what_is_gone_is_not_made_anew_for_keys_that_are_there(tmp_path: Path, gone: str) -> None:
    with closing(keys_in_file(tmp_path / "referral.keys.sqlite")) as keys:
        keys.key_for("case-1", "identity")
    (tmp_path / gone).unlink()
    with pytest.raises(NoKek, match="restore"):
        keys_in_file(tmp_path / "referral.keys.sqlite")
    assert not (tmp_path / gone).exists()


@pytest.mark.parametrize(
    "moved", ["subject = 'case-9'", "class = 'health'", "version = 2"], ids=lambda sql: sql[:7]
)
def test_a_wrapped_key_moved_elsewhere_fails(tmp_path: Path, moved: str) -> None:
    with closing(keys_in_file(tmp_path / "a.sqlite")) as keys:
        keys.key_for("case-1", "identity")
        with closing(database(tmp_path / "a.sqlite")) as other:
            other.execute(f"UPDATE wrapped SET {moved}")  # noqa: S608  # from the list above
            subject, of = other.execute("SELECT subject, class FROM wrapped").fetchone()
        with pytest.raises((CannotUnwrap, NoKek)):
            keys.known_key(subject, of)


def test_keys_of_another_service_do_not_open(tmp_path: Path) -> None:
    kek = sealed_kek(tmp_path / "a.kek", SECRET)
    with closing(keys_in_file(tmp_path / "referral.keys.sqlite", lambda _make: kek)) as keys:
        keys.key_for("case-1", "identity")
    (tmp_path / "referral.keys.sqlite").rename(tmp_path / "assistance.keys.sqlite")
    moved = keys_in_file(tmp_path / "assistance.keys.sqlite", lambda _make: kek)
    with closing(moved), pytest.raises(CannotUnwrap):
        moved.known_key("case-1", "identity")


def test_a_file_of_unwrapped_keys_is_wrapped_once_when_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "a.keys.sqlite"
    with closing(database(path)) as old:
        old.execute("CREATE TABLE keys (subject TEXT, class TEXT, key BLOB NOT NULL,"
                    " PRIMARY KEY (subject, class)) WITHOUT ROWID")  # fmt: skip
        old.execute("INSERT INTO keys VALUES ('case-1', 'identity', ?)", (KEY,))
        old.execute("INSERT INTO keys VALUES ('service', 'answers', ?)", (KEY[::-1],))
    for _time in (1, 2):
        with closing(keys_in_file(path)) as keys:
            assert keys.known_key("case-1", "identity") == KEY
            assert keys.secret("answers") == KEY[::-1]
    written = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert KEY not in written
    assert KEY[::-1] not in written


def test_a_key_that_lingers_in_the_file_s_log_is_told(tmp_path: Path) -> None:
    with closing(keys_in_file(tmp_path / "a.sqlite", patience=0.1)) as keys:
        keys.key_for("case-1", "identity")
        with closing(database(tmp_path / "a.sqlite")) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT * FROM wrapped").fetchall()
            with pytest.raises(KeyLingers):
                keys.destroy("case-1")
        keys.destroy("case-1")
    assert (tmp_path / "a.sqlite").exists()


def test_two_who_sweep_at_once_wait_for_each_other(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    with closing(keys_in_file(path)) as here, closing(keys_in_file(path)) as there:
        writing = threading.Event()

        def turn(number: int) -> None:
            if number:
                writing.wait(5)
                there.sweep()
                return
            with here.writing():
                writing.set()
                time.sleep(0.3)  # the other one has begun, and waits for this to end
            here.sweep()

        at_once(2, turn)
        assert not path.with_name("a.sqlite-wal").stat().st_size


def test_what_another_process_destroyed_is_gone_here_too(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    with closing(keys_in_file(path)) as here, closing(keys_in_file(path)) as there:
        here.key_for("case-1", "identity")
        there.destroy("case-1")
        with pytest.raises(Exception, match="destroyed"):
            here.known_key("case-1", "identity")


def rotate(path: Path) -> None:
    keys_in_file(path).rotate()


def wait_until_some_are_rewrapped(path: Path) -> None:
    ends = time.monotonic() + 60
    with closing(database(path)) as reader:
        while time.monotonic() < ends:
            (versions,) = reader.execute("SELECT COUNT(DISTINCT version) FROM wrapped").fetchone()
            if versions > 1:
                return
            time.sleep(0.001)
    raise AssertionError("the rotation never began")


@pytest.mark.timeout(300)
def test_killed_while_it_rotates_it_goes_on_and_every_key_stays(tmp_path: Path) -> None:
    path = tmp_path / "a.keys.sqlite"
    with closing(keys_in_file(path)) as keys, keys.writing() as at:
        made = {f"case-{n}": os.urandom(32) for n in range(6_000)}
        for subject, key in made.items():
            keys.keep(at, subject, "identity", key)
    halfway = 0
    for turn in range(6):
        process = multiprocessing.get_context("fork").Process(target=rotate, args=(path,))
        process.start()
        wait_until_some_are_rewrapped(path)
        process.join(0.01 * turn)
        process.kill()
        process.join()
        assert process.exitcode in (0, -signal.SIGKILL)
        with closing(keys_in_file(path)) as keys:
            under = keys.wrapped_under()
            assert sum(under.values()) == len(made)
            halfway += sum(number > 0 for number in under.values()) > 1
            assert {name: keys.known_key(name, "identity") for name in made} == made
    assert halfway, "none was killed in the middle"
    with closing(keys_in_file(path)) as keys:
        last = keys.rotate()
        assert keys.wrapped_under() == {last: len(made)}, "the old version is forgotten"
        assert keys.known_key("case-7", "identity") == made["case-7"]


def test_who_serves_goes_on_while_another_rotates(tmp_path: Path) -> None:
    path = tmp_path / "a.keys.sqlite"
    with closing(keys_in_file(path)) as serving, closing(keys_in_file(path)) as rotating:
        before = serving.key_for("case-1", "identity")
        for _time in range(3):
            rotating.rotate()
            assert serving.known_key("case-1", "identity") == before
            serving.key_for(f"case-{time.monotonic_ns()}", "identity")
        assert sum(rotating.wrapped_under().values()) == 4


def test_several_open_their_files_at_once_under_a_passphrase_that_was_chosen(
    tmp_path: Path,
) -> None:
    opened: list[Kek] = []
    threads = [
        threading.Thread(
            target=lambda name=name: opened.append(sealed_kek(tmp_path / name, SECRET)),
            daemon=True,
        )
        for name in ("a.kek", "b.kek", "c.kek")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert [kek.current for kek in opened] == [1, 1, 1]
