"""`staffetta keys`: a new version leaves the log byte for byte, and says how far it is."""

from pathlib import Path

import pytest

from staffetta.stores import key_file, store_file
from tests.backup.places import filled, new_place
from tests.staffetta.processes import staffetta


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
