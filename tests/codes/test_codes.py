import pickle
import re
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as some
from pydantic import TypeAdapter, ValidationError

from shared.codes import (
    CODE_LISTS,
    COUNTRIES,
    DELIVERED,
    Area,
    CitizenshipGroup,
    ExploitationType,
    Gender,
    LabelledCode,
    LanguageTag,
    ServiceType,
    citizenship_group,
    exploitation_key,
    exploitation_types,
)

FORMS = some.sets(some.sampled_from(ExploitationType), min_size=1)
every_list = pytest.mark.parametrize("codes", CODE_LISTS)


def test_every_list_of_the_package_is_found() -> None:
    assert len(CODE_LISTS) == 20
    assert Gender in CODE_LISTS


@every_list
def test_every_code_has_a_label_of_its_own(codes: type[LabelledCode]) -> None:
    labels = [code.label for code in codes]
    assert all(label.strip() for label in labels)
    assert len(set(labels)) == len(labels)


@every_list
def test_codes_are_plain_words_that_travel_anywhere(codes: type[LabelledCode]) -> None:
    form = r"[A-Z]{2}(-[A-Z]{2})?|unknown" if codes is Area else r"[a-z]+(-[a-z]+)*"
    assert all(re.fullmatch(form, code.value) for code in codes)


@every_list
def test_a_code_is_found_again_by_its_text_alone(codes: type[LabelledCode]) -> None:
    for code in codes:
        assert codes(str(code)) is code
        assert pickle.loads(pickle.dumps(code)) is code  # noqa: S301  # our own, made here


@every_list
def test_the_schema_shows_the_allowed_values(codes: type[LabelledCode]) -> None:
    assert TypeAdapter(codes).json_schema()["enum"] == [code.value for code in codes]


def test_a_code_without_a_label_cannot_be_written() -> None:
    with pytest.raises(TypeError, match="has no label"):

        class Unlabelled(LabelledCode):
            BARE = "bare"


@given(FORMS)
def test_a_set_of_forms_survives_its_key(forms: set[ExploitationType]) -> None:
    assert exploitation_types(exploitation_key(forms)) == forms


@given(some.permutations(list(ExploitationType)))
def test_the_order_in_which_forms_are_told_does_not_matter(told: list[ExploitationType]) -> None:
    assert exploitation_key(told) == exploitation_key(reversed(told))


def test_a_key_reads_as_expected() -> None:
    forms = [ExploitationType.SEXUAL, ExploitationType.LABOUR, ExploitationType.LABOUR]
    assert exploitation_key(forms) == "labour+sexual"


def test_no_form_at_all_is_said_as_unknown() -> None:
    with pytest.raises(ValueError, match="unknown"):
        exploitation_key([])


@pytest.mark.parametrize("key", ["", "sexual+labour", "labour+labour", "labour+", "Labour", "x-7"])
def test_a_key_that_is_not_canonical_is_refused_unrepeated(key: str) -> None:
    with pytest.raises(ValueError, match="canonical") as refused:
        exploitation_types(key)
    assert str(refused.value) == ('not a canonical exploitation key: sorted codes joined with "+"')


def test_all_countries_of_iso_3166_1_have_a_group() -> None:
    assert len(COUNTRIES) == 249
    assert all(re.fullmatch("[A-Z]{2}", country) for country in COUNTRIES)


def test_the_union_has_its_27_members() -> None:
    assert sum(group is CitizenshipGroup.EU for group in COUNTRIES.values()) == 27


@pytest.mark.parametrize(
    ("country", "group"),
    [
        ("IT", "eu"),
        ("CY", "eu"),
        ("GB", "other-europe"),
        ("AL", "other-europe"),
        ("XK", "other-europe"),
        ("NG", "africa"),
        ("TR", "asia"),
        ("GE", "asia"),
        ("MX", "americas"),
        ("NZ", "oceania"),
        ("XS", "stateless"),
        ("XX", "unknown"),
    ],
)
def test_a_country_belongs_to_its_group(country: str, group: str) -> None:
    assert citizenship_group(country) is CitizenshipGroup(group)


@pytest.mark.parametrize("code", ["QZ", "it", "ITA", "Albanian", ""])
def test_an_unknown_country_is_refused_unrepeated(code: str) -> None:
    with pytest.raises(ValueError, match="alpha-2") as refused:
        citizenship_group(code)
    assert str(refused.value) == (
        "not an alpha-2 code of ISO 3166-1, nor XK, XS (stateless), XX (unknown)"
    )


def test_eight_services_are_delivered_and_identification_is_not() -> None:
    assert len(DELIVERED) == 8
    assert set(ServiceType) - DELIVERED == {ServiceType.FORMAL_IDENTIFICATION}


def test_no_two_lists_are_the_same_list() -> None:
    for one, other in combinations(CODE_LISTS, 2):
        assert {*map(str, one)} != {*map(str, other)}


@pytest.mark.parametrize("tag", ["it", "sq", "pt-BR", "zh-Hant", "zh-Hant-TW", "es-419", "bin"])
def test_a_language_tag_is_kept(tag: str) -> None:
    assert TypeAdapter(LanguageTag).validate_python(tag) == tag


@pytest.mark.parametrize("tag", ["", "Albanian", "SQ", "sq_AL", "pt-br", "sq\n", "x-secret"])
def test_what_is_no_language_tag_is_refused_unrepeated(tag: str) -> None:
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(LanguageTag).validate_python(tag)
    (fault,) = refused.value.errors(include_input=False)
    assert fault["msg"] == "a BCP 47 language tag, as in sq, pt-BR, zh-Hant"
