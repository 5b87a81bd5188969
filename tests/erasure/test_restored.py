"""An older backup brings nobody back, whatever was restored, before anybody is answered."""

import shutil
from pathlib import Path

import pytest

from services.assistance.decide import PROGRAMMES
from services.assistance.state import Erased
from shared.runtime.facts import Acting, Refused
from shared.runtime.hold import Held
from shared.runtime.loading import load
from shared.runtime.regaining import accept
from shared.trust.keys import DestroyedKey
from staffetta.four import FOUR
from staffetta.installation import Installation, now
from staffetta.stores import key_file
from tests.backup.people import SHOW
from tests.erasure.person import (
    ask,
    by_its_manager,
    helped,
    left,
    names,
    sealed,
    state,
)
from tests.erasure.places import NAMES, FourStores, over
from tests.erasure.test_everywhere import opened

BY = Acting("command-line", "this-installation", now())
PARTS = {part.name: part for part in FOUR}


def erased_after_a_backup(place: FourStores, directory: Path) -> str:
    with place.opened() as installation:
        case = helped(installation)
        over(installation)
    place.save(directory)
    with place.opened() as installation:
        ask(installation, case)
        over(installation)
    return case


def is_gone(installation: Installation, case: str) -> None:
    for each in sealed(installation, case):
        with pytest.raises(DestroyedKey):
            opened(*each)
    assert {table for table in left(installation, case) if "timers" not in table} == set()


def refuses(installation: Installation, case: str) -> None:
    with pytest.raises(Refused) as refused:
        by_its_manager(installation, case, SHOW)
    assert refused.value.rule == "what-was-erased-stays-erased"


def test_all_four_from_before(place: FourStores, tmp_path: Path) -> None:
    """Nobody remembers it but the key files, which no restore touches."""
    case = erased_after_a_backup(place, tmp_path / "yesterday")
    place.bring_back(tmp_path / "yesterday", *NAMES)
    with place.opened() as installation:
        is_gone(installation, case)
        refuses(installation, case)
        assert isinstance(load(installation.stores["assistance"], PROGRAMMES, case)[0], Erased)
        over(installation)
        assert state(installation, case).completed
        assert state(installation, case).attested.keys() == {*NAMES} - {"observatory"}
        assert left(installation, case) == {}


@pytest.mark.parametrize("one", ["referral", "assistance"])
def test_one_that_heard_of_it(place: FourStores, tmp_path: Path, one: str) -> None:
    case = erased_after_a_backup(place, tmp_path / "yesterday")
    place.bring_back(tmp_path / "yesterday", one)
    with place.opened() as installation:
        is_gone(installation, case)
        watch = installation.watch(one)
        assert watch.look() is not None, "others saw its attestation"
        accept(watch.store, watch.hearers, "a disk broke", BY, PARTS[one].regain)
    with place.opened() as installation:
        is_gone(installation, case)
        over(installation)
        assert names(installation, one, case)[-1] == "erasure.keys-destroyed.v1"
        told = names(installation, "identification", case)
        assert told.count("case.erasure-completed.v1") == 1
        assert left(installation, case) == {}


def test_the_one_that_was_asked(place: FourStores, tmp_path: Path) -> None:
    """It is held, and read meanwhile: clean already. Others give its own request back."""
    case = erased_after_a_backup(place, tmp_path / "yesterday")
    place.bring_back(tmp_path / "yesterday", "identification")
    with place.opened() as installation:
        is_gone(installation, case)
        watch = installation.watch("identification")
        assert watch.store.hold is not None
        before = names(installation, "identification", case)
        assert "case.erasure-requested.v1" not in before
        accept(watch.store, watch.hearers, "a disk broke", BY, PARTS["identification"].regain)
        refuses(installation, case)
        over(installation)
        assert state(installation, case).completed
        is_gone(installation, case)


def test_a_store_is_released_only_when_it_knows_again(place: FourStores, tmp_path: Path) -> None:
    """What was lost is accepted elsewhere; this process notices, and comes to know before it
    takes a command."""
    case = erased_after_a_backup(place, tmp_path / "yesterday")
    place.bring_back(tmp_path / "yesterday", "identification")
    with place.opened() as installation:
        serving = installation.watch("identification")
        assert serving.store.hold is not None
        with place.opened() as other:
            watch = other.watch("identification")
            # Nobody gives anything back: only the key store knows.
            accept(watch.store, watch.hearers, "a disk broke", BY, lambda _message: ())
        assert "case.erasure-requested.v1" not in names(installation, "identification", case)
        assert serving.look() is None
        refuses(installation, case)
        over(installation)
        assert state(installation, case).completed


@pytest.mark.parametrize("one", ["identification", "assistance"])
def test_older_keys_beside_what_the_log_says(place: FourStores, tmp_path: Path, one: str) -> None:
    with place.opened() as installation:
        case = helped(installation)
        over(installation)
    file = key_file(place.data, one)
    shutil.copy(file, tmp_path / "older")
    with place.opened() as installation:
        ask(installation, case)
        over(installation)
    shutil.copy(tmp_path / "older", file)
    with place.opened() as installation:
        is_gone(installation, case)


def test_nobody_else_is_touched(place: FourStores, tmp_path: Path) -> None:
    with place.opened() as installation:
        another = helped(installation)
    erased_after_a_backup(place, tmp_path / "yesterday")
    place.bring_back(tmp_path / "yesterday", *NAMES)
    with place.opened() as installation:
        over(installation)
        assert all(opened(*each) for each in sealed(installation, another))
        assert left(installation, another) != {}


@pytest.mark.parametrize("one", ["identification", "referral", "assistance"])
def test_store_and_keys_of_one_are_both_older(place: FourStores, tmp_path: Path, one: str) -> None:
    """Only the others know: it is held, opens nothing, and learns it from them."""
    with place.opened() as installation:
        case = helped(installation)
        over(installation)
    place.save(tmp_path / "yesterday")
    shutil.copy(key_file(place.data, one), tmp_path / "older")
    with place.opened() as installation:
        ask(installation, case)
        over(installation)
    place.bring_back(tmp_path / "yesterday", one)
    shutil.copy(tmp_path / "older", key_file(place.data, one))
    with place.opened() as installation:
        watch = installation.watch(one)
        assert watch.store.hold is not None
        if one == "identification":
            with pytest.raises(Held):
                by_its_manager(installation, case, SHOW)
        accept(watch.store, watch.hearers, "a disk broke", BY, PARTS[one].regain)
        over(installation)
        assert state(installation, case).completed
        is_gone(installation, case)
        assert left(installation, case) == {}
