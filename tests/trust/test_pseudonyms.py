"""Pseudonyms: stable for one audience, unlike for another."""

import re

from shared.trust.pseudonyms import pseudonym

CASE = "case-0123456789abcdef0123456789abcdef"
OBSERVATORY, EXPORT = b"\x07" * 32, b"\x08" * 32


def test_a_pseudonym_is_the_one_that_any_hmac_gives() -> None:
    """As `openssl dgst -sha256 -mac HMAC -macopt hexkey:0707…` gives it, cut to 128 bits."""
    assert pseudonym(OBSERVATORY, CASE) == "265f425bd8483bcb1889c2e8da62847a"


def test_a_case_keeps_its_pseudonym() -> None:
    assert pseudonym(OBSERVATORY, CASE) == pseudonym(OBSERVATORY, CASE)


def test_two_audiences_cannot_join_what_they_have() -> None:
    cases = [f"case-{number:032x}" for number in range(100)]
    ours = {pseudonym(OBSERVATORY, case) for case in cases}
    theirs = {pseudonym(EXPORT, case) for case in cases}
    assert len(ours) == len(theirs) == 100
    assert not ours & theirs


def test_a_pseudonym_is_32_hexadecimal_digits_and_shows_nothing_of_the_case() -> None:
    for number in range(100):
        case = f"case-{number:032x}"
        shown = pseudonym(OBSERVATORY, case)
        assert re.fullmatch("[0-9a-f]{32}", shown)
        assert case.removeprefix("case-")[-8:] not in shown
