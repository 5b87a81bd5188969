"""Whatever two sealed fields are swapped, neither opens in the other's place."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from shared.trust.protected import (
    CannotOpen,
    Contact,
    Health,
    Identity,
    Narrative,
    Place,
    Protected,
    open_field,
    seal_fields,
)
from tests.trust.sealing import OneKey, Told

FIELDS: dict[str, Callable[..., Any]] = {
    "name": Protected[Identity],
    "alias": Protected[Identity],
    "reach": Protected[Contact],
    "injury": Protected[Health],
    "story": Protected[Narrative],
}
SPOTS = st.tuples(
    st.sampled_from(sorted(FIELDS)),
    st.builds(
        Place,
        st.sampled_from(["identification", "assistance"]),
        st.sampled_from(["case-1", "case-2"]),
        st.integers(1, 3),
        st.sampled_from(["case.told.v1", "case.told.v2", "case.said.v1"]),
        st.sampled_from(["case-1", "case-2", "person-1"]),
    ),
)


def sealed(field: str, place: Place) -> str:
    told = Told.model_validate({field: FIELDS[field](clear=SecretStr("Ana"))})
    text = getattr(seal_fields(told, place, OneKey()), field).sealed
    assert isinstance(text, str)
    return text


def opened(text: str, field: str, place: Place) -> str:
    told = Told.model_validate({field: FIELDS[field](sealed=text)})
    return open_field(told, field, place, OneKey())


@given(SPOTS, SPOTS)
def test_a_ciphertext_opens_in_its_own_spot_and_in_no_other(
    one: tuple[str, Place], other: tuple[str, Place]
) -> None:
    text = sealed(*one)
    assert opened(text, *one) == "Ana"
    if one != other:
        with pytest.raises(CannotOpen):
            opened(text, *other)


@given(SPOTS)
def test_it_does_not_pass_for_the_first_form(spot: tuple[str, Place]) -> None:
    with pytest.raises(CannotOpen):
        opened(sealed(*spot).removeprefix("2."), *spot)
