"""One contract for the key-encryption keys of a file, a PKCS#11 token and a transit server."""

import multiprocessing
from collections.abc import Iterator
from contextlib import closing
from multiprocessing.queues import Queue
from pathlib import Path

import pytest

from shared.trust.kek import CannotUnwrap, Kek, NoKek
from tests.trust.key_places import KEKS, KekPlace, kek_in, kek_place

KEY, BOUND = bytes(range(32)), b"identification case-1 identity"
ELSEWHERE = b"identification case-2 identity"


@pytest.fixture(params=KEKS)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[KekPlace]:
    with kek_place(request.param, tmp_path) as made:
        yield made


@pytest.fixture
def kek(place: KekPlace) -> Iterator[Kek]:
    with closing(kek_in(place)) as made:
        yield made


def test_a_wrapped_key_unwraps_with_what_it_is_bound_to(kek: Kek) -> None:
    version, wrapped = kek.wrap(KEY, BOUND)
    assert (version, kek.current, kek.versions()) == (1, 1, [1])
    assert kek.unwrap(version, wrapped, BOUND) == KEY
    assert KEY not in wrapped
    with pytest.raises(CannotUnwrap):
        kek.unwrap(version, wrapped, ELSEWHERE)


def test_no_two_wrapped_keys_are_alike(kek: Kek) -> None:
    assert len({kek.wrap(KEY, BOUND)[1] for _ in range(20)}) == 20


def test_every_changed_byte_of_a_wrapped_key_is_noticed(kek: Kek) -> None:
    version, wrapped = kek.wrap(KEY, BOUND)
    for at in range(len(wrapped)):
        changed = bytearray(wrapped)
        changed[at] ^= 1
        with pytest.raises(CannotUnwrap):
            kek.unwrap(version, bytes(changed), BOUND)
    for end in range(len(wrapped)):
        with pytest.raises(CannotUnwrap):
            kek.unwrap(version, wrapped[:end], BOUND)
    assert kek.unwrap(version, wrapped, BOUND) == KEY, "it still answers after all these"


def test_a_key_of_another_version_does_not_open(kek: Kek) -> None:
    old, wrapped = kek.wrap(KEY, BOUND)
    new = kek.rotate()
    with pytest.raises(CannotUnwrap):
        kek.unwrap(new, wrapped, BOUND)
    with pytest.raises(NoKek):
        kek.unwrap(new + 1, wrapped, BOUND)
    assert kek.unwrap(old, wrapped, BOUND) == KEY


def test_a_new_version_wraps_and_the_old_one_unwraps_until_it_is_retired(kek: Kek) -> None:
    old, wrapped = kek.wrap(KEY, BOUND)
    assert kek.rotate() == kek.current == 2
    new, again = kek.wrap(KEY, BOUND)
    assert kek.versions() == [old, new]
    assert kek.unwrap(old, wrapped, BOUND) == kek.unwrap(new, again, BOUND) == KEY
    kek.retire(new)
    kek.retire(new)
    assert kek.versions() == [new]
    with pytest.raises(NoKek):
        kek.unwrap(old, wrapped, BOUND)
    with pytest.raises(ValueError, match="in use"):
        kek.retire(new + 1)
    assert kek.unwrap(new, again, BOUND) == KEY


def test_many_are_wrapped_again_under_the_new_version(kek: Kek) -> None:
    bounds = [b"case-%d" % number for number in range(30)]
    old = [(*kek.wrap(KEY, bound), bound) for bound in bounds]
    kek.rotate()
    again = kek.rewrap(old)
    assert {version for version, _wrapped in again} == {2}
    for (version, wrapped), bound in zip(again, bounds, strict=True):
        assert kek.unwrap(version, wrapped, bound) == KEY
    assert kek.rewrap([]) == []
    moved = [(version, wrapped, ELSEWHERE) for version, wrapped, _bound in old]
    with pytest.raises(CannotUnwrap):
        kek.rewrap(moved)
    kek.retire(2)
    with pytest.raises(NoKek):
        kek.rewrap(old)


def rotate_and_retire(place: KekPlace, told: "Queue[tuple[int, bytes]]") -> None:
    with closing(kek_in(place, make=False)) as kek:
        kek.retire(kek.rotate())
        told.put(kek.wrap(KEY, BOUND))


def test_another_process_s_rotation_is_noticed(kek: Kek, place: KekPlace) -> None:
    old, before = kek.wrap(KEY, BOUND)
    assert kek.unwrap(old, before, BOUND) == KEY
    spawn = multiprocessing.get_context("spawn")
    told: Queue[tuple[int, bytes]] = spawn.Queue()
    process = spawn.Process(target=rotate_and_retire, args=(place, told))
    process.start()
    new, wrapped = told.get(timeout=60)
    process.join(timeout=60)
    assert new == 2
    assert kek.unwrap(new, wrapped, BOUND) == KEY
    assert kek.wrap(KEY, BOUND)[0] == new
    # What a process has in its memory, a sealed file cannot take from it.
    if not isinstance(place, Path):
        with pytest.raises(NoKek):
            kek.unwrap(old, before, BOUND)


def test_where_none_was_made_none_is_made_for_keys_that_are_there(place: KekPlace) -> None:
    with pytest.raises(NoKek):
        kek_in(place, make=False)
    with pytest.raises(NoKek):
        kek_in(place, make=False)
    with closing(kek_in(place)), closing(kek_in(place, make=False)) as again:
        assert again.versions() == [1]
