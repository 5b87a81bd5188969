"""One contract for the stores of keys, in a file and in a database, under each kind of
key-encryption key: shared, stable, rotated, resumed after a kill, an error where they know none."""

import multiprocessing
import os
import signal
import time
from collections.abc import Iterator
from contextlib import closing
from multiprocessing.process import BaseProcess
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest

from shared.trust.kek import CannotUnwrap, NoKek
from shared.trust.key_store import KeyStore
from shared.trust.keys import DestroyedKey, UnknownKey
from shared.trust.protected import open_field, seal_fields
from tests.support.threads import at_once
from tests.support.transit import TransitPlace
from tests.trust.key_places import KeyPlace, kek_place, new_shelf
from tests.trust.sealing import PLACE, Told, sealed_text

KINDS = ("file-file", "table-file", "file-pkcs11", "table-pkcs11", "table-transit")
SUBJECTS, MANY = 20, 2_400
SPAWN = multiprocessing.get_context("spawn")


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[KeyPlace]:
    shelf, kek = request.param.split("-")
    with kek_place(kek, tmp_path) as made:
        yield KeyPlace(made, new_shelf(shelf, tmp_path))


@pytest.fixture
def keys(place: KeyPlace) -> Iterator[KeyStore]:
    with closing(place.open()) as opened:
        yield opened


def test_each_subject_and_class_has_a_key_of_its_own_that_stays(
    keys: KeyStore, place: KeyPlace
) -> None:
    places = [(f"case-{n}", of) for n in range(5) for of in ("identity", "contact", "health")]
    made = {each: keys.key_for(*each) for each in places}
    assert len(set(made.values())) == len(places)
    assert {len(key) for key in made.values()} == {32}
    assert {each: keys.key_for(*each) for each in places} == made
    with closing(place.open()) as again:
        assert {each: again.known_key(*each) for each in places} == made
        assert again.keys_for("case-1", {"identity", "health"}) == {
            of: made["case-1", of] for of in ("identity", "health")
        }
        more = again.keys_for("case-1", ("identity", "narrative"))
    assert more["identity"] == made["case-1", "identity"]
    assert keys.known_key("case-1", "narrative") == more["narrative"]


def test_secrets_are_the_same_after_opening_again(keys: KeyStore, place: KeyPlace) -> None:
    secret = keys.secret("observatory")
    assert keys.secret("observatory") == secret != keys.secret("answers")
    with closing(place.open()) as again:
        assert again.secret("observatory") == secret


def test_an_unknown_key_is_an_error_and_is_not_made_by_asking(keys: KeyStore) -> None:
    keys.key_for("case-1", "identity")
    for unknown in (("case-1", "health"), ("case-2", "identity"), ("", "")):
        for _time in (1, 2):
            with pytest.raises(UnknownKey):
                keys.known_key(*unknown)


def test_a_destroyed_subject_has_no_key_and_never_gets_one_again(keys: KeyStore) -> None:
    for of in ("identity", "contact"):
        keys.key_for("case-1", of)
    kept = keys.key_for("case-2", "identity")
    for subject in ("case-1", "case-1", "case-9"):
        keys.destroy(subject)
    for ask in (keys.known_key, keys.key_for):
        for of in ("identity", "health"):
            with pytest.raises(DestroyedKey):
                ask("case-1", of)
    with pytest.raises(DestroyedKey):
        keys.key_for("case-9", "identity")
    assert keys.known_key("case-2", "identity") == kept
    assert list(keys.destroyed()) == ["case-1", "case-9"]


def test_the_services_own_secrets_are_nobodys_to_destroy(keys: KeyStore) -> None:
    secret = keys.secret("observatory")
    with pytest.raises(ValueError, match="own secrets"):
        keys.destroy("service")
    assert keys.known_key("service", "observatory") == secret


def test_what_one_replica_destroyed_is_gone_for_the_other_at_once(
    keys: KeyStore, place: KeyPlace
) -> None:
    with closing(place.open()) as other:
        keys.key_for("case-1", "identity")
        other.known_key("case-1", "identity")
        keys.destroy("case-1")
        for ask in (other.known_key, other.key_for):
            with pytest.raises(DestroyedKey):
                ask("case-1", "identity")
        assert list(other.destroyed()) == ["case-1"]


def test_threads_of_two_replicas_agree_on_one_key(keys: KeyStore, place: KeyPlace) -> None:
    made: list[tuple[str, bytes]] = []
    with closing(place.open()) as other:

        def ask(number: int) -> None:
            store = (keys, other)[number % 2]
            made.extend((f"{n}", store.key_for(f"case-{n}", "identity")) for n in range(SUBJECTS))

        at_once(8, ask)
    assert len(made) == 8 * SUBJECTS
    assert len(set(made)) == SUBJECTS


def ask_in_a_process(place: KeyPlace, together: Barrier, told: "Queue[list[bytes]]") -> None:
    together.wait(timeout=60)
    with closing(place.open()) as keys:
        told.put([keys.key_for(f"case-{n}", "identity") for n in range(SUBJECTS)])


def test_two_processes_that_start_together_agree_on_every_key(place: KeyPlace) -> None:
    together, told = SPAWN.Barrier(2), SPAWN.Queue()
    processes = [
        SPAWN.Process(target=ask_in_a_process, args=(place, together, told)) for _ in range(2)
    ]
    for process in processes:
        process.start()
    first, second = (told.get(timeout=60) for _ in processes)
    for process in processes:
        process.join(timeout=60)
    assert first == second
    assert len(set(first)) == SUBJECTS


def test_a_key_never_comes_to_be_beside_the_mark_of_its_destruction(
    keys: KeyStore, place: KeyPlace
) -> None:
    with closing(place.open()) as other:

        def race(number: int) -> None:
            for n in range(SUBJECTS):
                try:
                    keys.key_for(f"case-{n}", "identity") if number else other.destroy(f"case-{n}")
                except DestroyedKey:
                    continue

        at_once(2, race)
    for n in range(SUBJECTS):
        with pytest.raises(DestroyedKey):
            keys.known_key(f"case-{n}", "identity")


def test_rotation_wraps_every_key_anew_and_leaves_what_is_sealed_alone(
    keys: KeyStore, place: KeyPlace
) -> None:
    event = Told.model_validate({"name": {"clear": "Rosa"}, "story": {"clear": "invented"}})
    sealed = seal_fields(event, PLACE, keys)
    before = sealed_text(sealed)
    counted = sum(keys.wrapped_under().values())
    shown: list[tuple[int, int]] = []
    assert keys.rotate(lambda done, total: shown.append((done, total))) == 2
    assert shown[-1] == (counted, counted)
    assert keys.wrapped_under() == {2: counted}
    assert keys.rotate() == 3
    with closing(place.open()) as again:
        assert open_field(sealed, "name", PLACE, again) == "Rosa"
        assert open_field(sealed, "story", PLACE, again) == "invented"
    assert sealed_text(sealed) == before


def test_rotated_by_two_at_once_and_used_by_a_third_no_key_is_lost(
    keys: KeyStore, place: KeyPlace
) -> None:
    made = {f"case-{n}": keys.key_for(f"case-{n}", "identity") for n in range(60)}
    with closing(place.open()) as one, closing(place.open()) as two:

        def turn(number: int) -> None:
            if number < 2:
                (one, two)[number].rotate()
                return
            for name, key in made.items():
                assert keys.known_key(name, "identity") == key
                keys.key_for(f"new-{name}", "identity")

        at_once(3, turn)
    assert {name: keys.known_key(name, "identity") for name in made} == made
    assert sum(keys.wrapped_under().values()) >= 120
    last = keys.rotate()
    assert {version for version, count in keys.wrapped_under().items() if count} == {last}


def test_who_is_forgotten_during_a_rotation_stays_so(keys: KeyStore, place: KeyPlace) -> None:
    for n in range(40):
        keys.key_for(f"case-{n}", "identity")
    with closing(place.open()) as other:

        def turn(number: int) -> None:
            if number:
                keys.rotate()
                return
            for n in range(40):
                other.destroy(f"case-{n}")

        at_once(2, turn)
        for n in range(40):
            with pytest.raises(DestroyedKey):
                other.known_key(f"case-{n}", "identity")


def rotate(place: KeyPlace) -> None:
    with closing(place.open()) as keys:
        keys.rotate()


def wait_until_some_are_rewrapped(keys: KeyStore, process: BaseProcess) -> None:
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        with keys._shelf.reading() as at:
            ((versions,),) = at.rows("SELECT COUNT(DISTINCT version) FROM wrapped")
        if versions > 1 or not process.is_alive():
            return
        time.sleep(0.001)
    raise AssertionError("the rotation never began")


@pytest.mark.timeout(300)
def test_killed_while_it_rotates_it_goes_on_and_every_key_stays(
    keys: KeyStore, place: KeyPlace
) -> None:
    # A key that a server wraps costs two requests.
    many = MANY // 2 if isinstance(place.kek, TransitPlace) else MANY
    made = {f"case-{n}": os.urandom(32) for n in range(many)}
    with keys.writing() as at:
        for subject, key in made.items():
            keys.keep(at, subject, "identity", key)
    total, halfway = sum(keys.wrapped_under().values()), 0
    for _turn in range(4):
        process = SPAWN.Process(target=rotate, args=(place,))
        process.start()
        wait_until_some_are_rewrapped(keys, process)
        process.kill()
        process.join()
        assert process.exitcode in (0, -signal.SIGKILL)
        with closing(place.open()) as again:
            under = again.wrapped_under()
            assert sum(under.values()) == total
            halfway += sum(number > 0 for number in under.values()) > 1
            sample = random_few(made)
            assert {name: again.known_key(name, "identity") for name in sample} == sample
    assert halfway, "none was killed in the middle"
    last = keys.rotate()
    assert keys.wrapped_under() == {last: total}, "the old version is forgotten"
    assert {name: keys.known_key(name, "identity") for name in random_few(made)} == random_few(made)


def random_few(made: dict[str, bytes]) -> dict[str, bytes]:
    return {name: made[name] for name in list(made)[::37]}


@pytest.mark.parametrize("to", ["subject = 'case-9'", "class = 'health'", "version = 2"])
def test_a_wrapped_key_moved_elsewhere_fails(keys: KeyStore, to: str) -> None:
    keys.key_for("case-1", "identity")
    with keys.writing() as at:
        at.rows(f"UPDATE wrapped SET {to} WHERE subject = 'case-1'")  # noqa: S608  # from the list
    subject = "case-9" if "subject" in to else "case-1"
    of = "health" if "class" in to else "identity"
    with pytest.raises((CannotUnwrap, NoKek)):
        keys.known_key(subject, of)
    with pytest.raises((CannotUnwrap, NoKek)):
        keys.key_for(subject, of)


def test_all_is_well_and_says_so(keys: KeyStore) -> None:
    assert keys.trouble() == ""
