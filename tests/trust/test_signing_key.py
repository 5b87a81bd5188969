"""The installation's signing key: made once, whoever asks first, and for its owner only."""

import os
import stat
from pathlib import Path

import pytest

from shared.trust.tokens import signing_key
from tests.support.threads import at_once

ROUNDS, ASKING = 20, 8


def test_it_is_made_at_first_use_and_stays(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "token.pem"
    first = signing_key(path)
    assert first.is_private
    assert signing_key(path).thumbprint() == first.thumbprint()
    assert signing_key(tmp_path / "other.pem").thumbprint() != first.thumbprint()


def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        signing_key(tmp_path / "token.pem")
    finally:
        os.umask(before)
    (only,) = tmp_path.iterdir()
    assert (only.name, stat.S_IMODE(only.stat().st_mode)) == ("token.pem", 0o600)


def test_who_asks_at_the_same_moment_gets_the_same_key(tmp_path: Path) -> None:
    """Four services that start together must accept each other's tokens."""
    for number in range(ROUNDS):
        path = tmp_path / str(number) / "token.pem"
        assert asked_at_once(path) == {signing_key(path).thumbprint()}
        assert [file.name for file in path.parent.iterdir()] == ["token.pem"]


def asked_at_once(path: Path) -> set[str]:
    got: set[str] = set()
    at_once(ASKING, lambda _number: got.add(signing_key(path).thumbprint()))
    return got


def test_a_damaged_key_is_an_error_and_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "token.pem"
    path.write_text("-----BEGIN PRIVATE KEY-----\n")
    with pytest.raises(ValueError, match=r"."):
        signing_key(path)
    assert path.read_text() == "-----BEGIN PRIVATE KEY-----\n"
