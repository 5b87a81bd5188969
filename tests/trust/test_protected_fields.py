"""Protected fields open in their own place under their own key, and nowhere else."""

import base64
import string
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from shared.trust.key_file import keys_in_file
from shared.trust.keys import UnknownKey
from shared.trust.protected import (
    CannotOpen,
    Identity,
    Narrative,
    Place,
    Protected,
    open_field,
    seal_fields,
)
from tests.trust.sealing import PLACE, OneKey, Told, ToldOtherwise, flipped, sealed_text

# Sealed by the first version ever: what is stored must open for as long as its key is kept.
FROM_THE_FIRST_DAY = (
    "PpYwO5d/jLE74hB0DoOV5xm9thFU/H8pJBNn+kn96btLZg85DbfpAH3D8mjAh92woZPpQfAv4ROjCzol"
    "d6IxNS8nKxmdbdrtD5xYGEUJ4TSne3fOL2AYGBXiHtRZ/IWq7xtCGA6l"
)


def named(text: str) -> Told:
    return Told(name=Protected[Identity](clear=SecretStr(text)))


def stored(text: str) -> Told:
    """The fact as it is read from the store, with this in its sealed field."""
    return Told(name=Protected[Identity](sealed=text))


@given(st.text())
def test_any_text_comes_back_as_it_was(text: str) -> None:
    sealed = seal_fields(named(text), PLACE, OneKey())
    assert open_field(sealed, "name", PLACE, OneKey()) == text


def test_each_class_is_sealed_under_a_key_of_its_own(tmp_path: Path) -> None:
    keys = keys_in_file(tmp_path / "keys.sqlite")
    told = Told(
        name=Protected[Identity](clear=SecretStr("Ana")),
        story=Protected[Narrative](clear=SecretStr("A van, at night.")),
    )
    sealed = seal_fields(told, PLACE, keys)
    assert open_field(sealed, "name", PLACE, keys) == "Ana"
    assert open_field(sealed, "story", PLACE, keys) == "A van, at night."
    assert keys.known_key("case-1", "identity") != keys.known_key("case-1", "narrative")
    for unused in ("contact", "health"):
        with pytest.raises(UnknownKey):
            keys.known_key("case-1", unused)


@pytest.mark.parametrize(
    "elsewhere",
    [
        replace(PLACE, service="assistance"),
        replace(PLACE, stream="case-2"),
        replace(PLACE, position=4),
        replace(PLACE, event="case.said.v1"),
        replace(PLACE, event="case.told.v2"),
        replace(PLACE, subject="case-2"),
    ],
    ids=["service", "stream", "position", "type", "schema", "subject"],
)
def test_it_opens_in_no_other_place(elsewhere: Place) -> None:
    sealed = seal_fields(named("Ana"), PLACE, OneKey())
    with pytest.raises(CannotOpen):
        open_field(sealed, "name", elsewhere, OneKey())


def test_it_opens_in_no_other_field() -> None:
    sealed = seal_fields(named("Ana"), PLACE, OneKey())
    with pytest.raises(CannotOpen):
        open_field(Told(alias=sealed.name), "alias", PLACE, OneKey())


def test_it_opens_as_no_other_class() -> None:
    text = sealed_text(seal_fields(named("Ana"), PLACE, OneKey()))
    moved = ToldOtherwise(name=Protected[Narrative](sealed=text))
    with pytest.raises(CannotOpen):
        open_field(moved, "name", PLACE, OneKey())


def test_it_opens_under_no_other_key() -> None:
    sealed = seal_fields(named("Ana"), PLACE, OneKey())
    with pytest.raises(CannotOpen):
        open_field(sealed, "name", PLACE, OneKey(bytes(32)))


def test_a_lost_key_is_an_error_and_never_an_empty_text(tmp_path: Path) -> None:
    sealed = seal_fields(named("Ana"), PLACE, keys_in_file(tmp_path / "keys.sqlite"))
    with pytest.raises(UnknownKey):
        open_field(sealed, "name", PLACE, keys_in_file(tmp_path / "others.sqlite"))


def test_a_change_of_any_byte_is_noticed() -> None:
    text = sealed_text(seal_fields(named("Ana"), PLACE, OneKey()))
    for changed in flipped(base64.b64decode(text.removeprefix("2."))):
        with pytest.raises(CannotOpen):
            open_field(stored("2." + base64.b64encode(changed).decode()), "name", PLACE, OneKey())


def test_a_change_of_the_stored_text_is_noticed() -> None:
    """A letter, the padding, a foreign sign between, an end cut off, an end added."""
    text = sealed_text(seal_fields(named("Ana"), PLACE, OneKey()))
    changes = [text[:at] + "A" + text[at + 1 :] for at in range(len(text)) if text[at] != "A"]
    # Not all bits of the last letter count: another one may stand for the same bytes.
    letters = set(string.ascii_letters + string.digits + "+/") - {text[-2]}
    changes += [text[:-2] + letter + text[-1] for letter in letters]
    changes += [text[:at] for at in range(len(text))]
    changes += [text[:at] + sign + text[at:] for at in (0, 50, len(text)) for sign in "\n!é=A"]
    for changed in changes:
        with pytest.raises(CannotOpen):
            open_field(stored(changed), "name", PLACE, OneKey())


def test_sealing_twice_changes_nothing() -> None:
    once = seal_fields(named("Ana"), PLACE, OneKey())
    assert seal_fields(once, PLACE, OneKey()) is once
    assert seal_fields(once, replace(PLACE, position=9), OneKey()) == once


def test_the_same_text_never_looks_the_same() -> None:
    sealed = {sealed_text(seal_fields(named("Ana"), PLACE, OneKey())) for _time in range(20)}
    assert len({text[:40] for text in sealed}) == len({text[-20:] for text in sealed}) == 20


def test_what_was_sealed_on_the_first_day_still_opens() -> None:
    assert open_field(stored(FROM_THE_FIRST_DAY), "name", PLACE, OneKey()) == "Ana Çelik"
