"""Signed checkpoints, against a note that Go's golang.org/x/mod/sumdb/note wrote."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from shared.trust.notes import Checkpoint, NotANote, Verifier, opened, sign, verifier_of

LINE = "staffetta.example/log+6af0edf0+AepKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs"
NOTE = (
    "staffetta.example/log\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n\n"
    "— staffetta.example/log avDt8KsJZ4unA4p5Bf5GWVXiJ0qB158OrlZB0KBN59abgzEqsVlqRb9qQCc/"
    "ZX4MU/rtbnm/1f2+sFDOYnWl3BFNcww=\n"
)
ROOT = bytes.fromhex("5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328")
CHECKPOINT = Checkpoint("staffetta.example/log", 8, ROOT)
KEY = Ed25519PrivateKey.from_private_bytes(32 * b"\x07")


def test_a_note_of_another_implementation_is_opened() -> None:
    assert opened(NOTE, verifier_of(LINE)) == CHECKPOINT


def test_our_note_is_to_the_letter_what_another_implementation_writes() -> None:
    assert sign(CHECKPOINT, "staffetta.example/log", KEY) == NOTE
    assert str(Verifier("staffetta.example/log", KEY.public_key().public_bytes_raw())) == LINE


def test_of_several_signatures_it_is_ours_that_counts() -> None:
    other = Ed25519PrivateKey.from_private_bytes(32 * b"\x08")
    line = sign(CHECKPOINT, "another.example/witness", other).splitlines()[-1]
    assert opened(f"{NOTE}{line}\n", verifier_of(LINE)) == CHECKPOINT


@given(st.integers(0, len(NOTE.encode()) - 1), st.integers(1, 255))
def test_no_byte_of_a_note_can_be_another(place: int, change: int) -> None:
    told = bytearray(NOTE.encode())
    told[place] ^= change
    with pytest.raises((NotANote, UnicodeDecodeError)):
        opened(told.decode(), verifier_of(LINE))


@given(st.integers(0, len(LINE) - 1), st.integers(1, 255))
def test_no_byte_of_a_verifier_key_can_be_another(place: int, change: int) -> None:
    told = bytearray(LINE.encode())
    told[place] ^= change
    with pytest.raises((NotANote, UnicodeDecodeError)):
        opened(NOTE, verifier_of(told.decode()))


@pytest.mark.parametrize(
    "text",
    ["", "\n", "a\n\nb", f"{NOTE}\n", NOTE.rstrip("\n"), NOTE.replace("\n8\n", "\n08\n")],
)
def test_what_has_another_form_is_refused(text: str) -> None:
    with pytest.raises(NotANote):
        opened(text, verifier_of(LINE))


def test_a_checkpoint_whose_root_is_no_hash_is_refused() -> None:
    short = Checkpoint("staffetta.example/log", 8, ROOT[:-1])
    with pytest.raises(NotANote) as refused:
        opened(sign(short, "staffetta.example/log", KEY), verifier_of(LINE))
    assert base64.b64encode(ROOT[:-1]).decode() not in refused.value.why
