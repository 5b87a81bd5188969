"""Leaves of the audit log against values computed elsewhere."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.trust.merkle import canonical, leaf_hash

# SHA-256 over a zero byte and the entry (RFC 6962, section 2.1), as sha256sum gives it.
LEAVES = {
    b"": "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    b"\x00": "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    b"\x10": "0298d122906dcfc10892cb53a73992fc5b9f493ea4c9badb27b791b4127a7fe7",
    b'{"kind":"read"}': "31bd1625417d3f24b3b4129ba17c019f53f3b77c17f9a432b750313f9735fba5",
}

# As an implementation of RFC 8785 (the Python package rfc8785) spells them.
SPELLED: list[tuple[dict[str, Any], bytes]] = [
    ({}, b"{}"),
    ({"b": 1, "a": "x"}, b'{"a":"x","b":1}'),
    (
        {"z": "", "A": "1", "a_": "2", "a": "3", "Z": "", "n": -1, "0": 0},
        b'{"0":0,"A":"1","Z":"","a":"3","a_":"2","n":-1,"z":""}',
    ),
    ({"position": 9007199254740991}, b'{"position":9007199254740991}'),
    (
        {"t": '\x00\x08\t\n\x0b\x0c\r\x1f"\\/\x7f\u2028\u00e9\u20ac\U0001f600\u0130'},
        b'{"t":"\\u0000\\b\\t\\n\\u000b\\f\\r\\u001f\\"\\\\/\x7f\xe2\x80\xa8\xc3\xa9\xe2\x82\xac'
        b'\xf0\x9f\x98\x80\xc4\xb0"}',
    ),
]


@pytest.mark.parametrize(("entry", "leaf"), LEAVES.items())
def test_a_leaf_is_that_of_rfc_6962(entry: bytes, leaf: str) -> None:
    assert leaf_hash(entry).hex() == leaf


@pytest.mark.parametrize(("entry", "spelled"), SPELLED)
def test_an_entry_is_spelled_as_in_rfc_8785(entry: dict[str, Any], spelled: bytes) -> None:
    assert canonical(entry) == spelled


@given(st.dictionaries(st.text(), st.text() | st.integers()))
def test_an_entry_has_one_spelling_and_says_what_it_said(entry: dict[str, Any]) -> None:
    backwards = dict(reversed(entry.items()))
    assert canonical(entry) == canonical(backwards)
    assert json.loads(canonical(entry)) == entry


def test_a_text_that_is_no_unicode_has_no_spelling() -> None:
    with pytest.raises(UnicodeEncodeError):
        canonical({"t": "\ud800"})
