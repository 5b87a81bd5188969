"""`staffetta keys`: a new version leaves the log byte for byte, and says how far it is."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from services.identification.cases.commands import RecordIdentity
from services.identification.duplicates.queries import alike, searched_by
from staffetta.installation import open_installation
from staffetta.stores import key_file, store_file
from tests.backup.places import filled, new_place
from tests.staffetta.processes import staffetta
from tests.wire.relaying import Asking, met, offered


def test_rotation_leaves_the_log_and_opens_everything(tmp_path: Path) -> None:
    place = new_place("sqlite", tmp_path)
    filled(place, 3)
    before, log = place.content(), store_file(place.data, "identification").read_bytes()
    wrapped = key_file(place.data, "identification").read_bytes()
    rotated = staffetta("keys", "rotate", "identification", "--data", place.data)
    assert rotated.code == 0, rotated.err
    assert "identification: all keys are wrapped under version 2" in rotated.out
    told = staffetta("keys", "status", "--data", place.data)
    assert "identification: version 2: " in told.out
    assert "referral: version 1: " in told.out
    assert place.content() == before
    assert store_file(place.data, "identification").read_bytes() == log
    assert key_file(place.data, "identification").read_bytes() != wrapped


def test_a_wrong_passphrase_is_told_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = new_place("sqlite", tmp_path)
    monkeypatch.setenv("STAFFETTA_KEY_PASSPHRASE", "a wrong horse")
    told = staffetta("keys", "status", "--data", place.data)
    assert told.code == 2
    assert "the passphrase is not the one" in told.err
    assert "horse" not in told.out + told.err


def test_a_service_that_is_none_is_wrong_use(tmp_path: Path) -> None:
    told = staffetta("keys", "rotate", "nobody", "--data", tmp_path)
    assert told.code == 2


def test_another_key_of_likenesses_finds_the_same_people_by_other_values(tmp_path: Path) -> None:
    installation = open_installation(tmp_path)
    asking = Asking(installation)
    offered(asking)
    cases = [met(asking)[0] for _person in range(2)]
    for case in cases:
        known = RecordIdentity(name=SecretStr("Arta Hoxha"), birth_date=SecretStr("2001"))
        asking.of_a_case(case, known)
    store = installation.stores["identification"]
    before = [dict(row) for row in store.rows("SELECT stream, blind FROM likenesses")]
    told = staffetta("keys", "renew-likenesses", "--data", tmp_path)
    assert told.code == 0, told.err
    assert "identification: likenesses found anew in " in told.out
    after = [dict(row) for row in store.rows("SELECT stream, blind FROM likenesses")]
    assert {row["stream"] for row in after} == {row["stream"] for row in before} == set(cases)
    # Of the four bits of a spelling, one in sixteen is the same under any other key.
    sounds = [{row["blind"] for row in rows if len(row["blind"]) > 1} for rows in (before, after)]
    assert all(sounds)
    assert not sounds[0] & sounds[1]
    assert [one.person for one in alike(store, cases[0], {})] == [cases[1]]
    another = RecordIdentity(name=SecretStr("Hoxha Arta"), birth_date=SecretStr("2001"))
    asking.of_a_case(met(asking)[0], another)
    assert len(alike(store, cases[0], {})) == 2, "who serves meanwhile finds by the new key too"
    assert searched_by(store, cases[0])
    installation.close()
