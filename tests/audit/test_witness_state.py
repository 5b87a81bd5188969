"""What an outside witness keeps in its directory."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.runtime.seen_logs import Kept, kept_in
from shared.trust.notes import Checkpoint, Verifier, sign
from staffetta.witness.state import State, Unusable

KEY = Ed25519PrivateKey.from_private_bytes(32 * b"\x07")
NAME = "agency.example/witness"


def seen(size: int, generation: int = 1) -> Kept:
    origin = "staffetta/referral" + (f"/{generation}" if generation > 1 else "")
    return kept_in(sign(Checkpoint(origin, size, 32 * b"\x01"), origin, KEY), "referral")


def test_what_was_kept_is_there_when_it_starts_again(tmp_path: Path) -> None:
    state = State(tmp_path / "state", NAME)
    assert state.kept("referral") is None
    assert state.keep("referral", None, seen(3))
    again = State(tmp_path / "state", None)
    assert (again.name, again.verifier) == (NAME, state.verifier)
    assert again.kept("referral") == seen(3)
    assert again.keep("referral", seen(3), seen(5))
    assert again.keep("referral", seen(5), seen(1, generation=2))
    assert again.kept("referral") == seen(1, generation=2)
    assert (tmp_path / "state" / "logs" / "referral" / "1.note").read_text() == seen(5).note


def test_who_saw_less_does_not_overwrite_what_was_seen(tmp_path: Path) -> None:
    state = State(tmp_path / "state", NAME)
    state.keep("referral", None, seen(3))
    assert not state.keep("referral", None, seen(1))
    assert not state.keep("referral", seen(2), seen(4))
    assert state.kept("referral") == seen(3)


def test_the_key_of_a_log_is_that_of_the_first_time(tmp_path: Path) -> None:
    state = State(tmp_path / "state", NAME)
    first, other = Verifier("staffetta/referral", 32 * b"\x01"), Verifier("x", 32 * b"\x02")
    assert state.key_of("referral", first) == first.key
    assert state.key_of("referral", other) == first.key


def test_a_half_written_file_is_not_taken_for_what_was_seen(tmp_path: Path) -> None:
    state = State(tmp_path / "state", NAME)
    state.keep("referral", None, seen(3))
    (tmp_path / "state" / "logs" / "referral" / ".1.note.part").write_text("staf")
    assert State(tmp_path / "state", None).kept("referral") == seen(3)


@pytest.mark.parametrize("name", [None, "", "Ü", "a b", "a+b", "x"])
def test_a_new_witness_has_a_name_that_others_can_write(tmp_path: Path, name: str | None) -> None:
    with pytest.raises(Unusable):
        State(tmp_path / "state", name)


def test_another_key_than_the_one_it_is_known_by_is_noticed(tmp_path: Path) -> None:
    State(tmp_path / "state", NAME)
    (tmp_path / "state" / "witness.pem").unlink()
    with pytest.raises(Unusable):
        State(tmp_path / "state", NAME)
