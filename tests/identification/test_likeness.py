"""The same name or number, however it is written, has one form; the index holds none of it."""

import unicodedata
from collections import Counter

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat, example_number, format_number

from services.identification.duplicates.blinding import DIGITS, blind, candidate
from services.identification.duplicates.likeness import (
    Kept,
    birth_year,
    name_form,
    names,
    telephones,
)
from services.identification.duplicates.projections import rows

KEY, ANOTHER_KEY = bytes(32), bytes([1]) * 32
words = st.text(st.characters(categories=("Lu", "Ll", "Lo")), min_size=1, max_size=12)
full = st.lists(words, min_size=2, max_size=4).map(" ".join)
years = st.integers(1900, 2099)


def kept(name: str, born: str, *kinds: Kept) -> set[tuple[Kept, str]]:
    """What a name and a date are found by, of these kinds; or of all."""
    return {one for one in names(name, born) if one[0] in (kinds or Kept)}


def spelt(name: str, born: str) -> set[tuple[Kept, str]]:
    return kept(name, born, Kept.SPELLING)


@given(st.text())
def test_a_form_is_its_own_form(name: str) -> None:
    assert name_form(name_form(name)) == name_form(name)


@given(full, st.randoms(use_true_random=False))
def test_case_marks_order_and_punctuation_make_no_difference(name: str, chance: object) -> None:
    parts = unicodedata.normalize("NFD", name).split()
    chance.shuffle(parts)  # type: ignore[attr-defined]  # Hypothesis gives a Random
    for written in (name.casefold(), unicodedata.normalize("NFC", name), "-".join(parts)):
        assert name_form(f"  {written}, ") == name_form(name)


@pytest.mark.parametrize(
    ("one", "same"),
    [
        ("Arta Hoxha", "HOXHA, arta"),
        ("Łucja Wałęsa", "lucja walesa"),
        ("Søren Đorđević", "SOREN DORDEVIC"),
        ("Maria D’Angelo", "dangelo maria"),  # noqa: RUF001  # as a telephone writes it
        ("N'Diaye Awa", "Awa NDiaye"),
        ("Ștefania Țurcanu", "stefania turcanu"),
        ("Jürgen Groß", "jurgen gross"),
        ("İrem Işık", "irem isik"),  # noqa: RUF001  # Turkish has both
        ("Aya Al-Hassan", "al hassan aya"),
        ("মোহাম্মদ রহমান", "রহমান, মোহাম্মদ"),
        ("مُحَمَّد الأمين", "محمد الامين"),
        ("علی\u200cرضا احمدی", "علیرضا احمدی"),  # noqa: RUF001  # Persian, with its own space
    ],
)
def test_a_person_written_in_two_ways_is_the_same(one: str, same: str) -> None:
    assert kept(one, "2001-05-04") == kept(same, "04.05.2001") != set()


@given(full, years, years)
def test_another_year_or_another_name_is_another_form(name: str, year: int, other: int) -> None:
    assume(year != other and len(name_form(name).split()) > 1)
    assert not kept(name, f"{year}") & kept(name, f"{other}")
    assert spelt(f"{name} x", f"{year}") != spelt(name, f"{year}")


def test_vowels_that_are_marks_tell_two_names_apart() -> None:
    assert name_form("রিনা") != name_form("রানা")


@pytest.mark.parametrize(
    ("told", "year"),
    [
        ("2001-05-04", "2001"),
        ("04/05/2001", "2001"),
        ("about 1998", "1998"),
        ("٢٠٠١", "2001"),
        ("1998 or 1999", None),
        ("04/05/01", None),
        ("180020010", None),
        ("", None),
    ],
)
def test_a_year_is_taken_where_it_is_clear(told: str, year: str | None) -> None:
    assert birth_year(told) == year


@pytest.mark.parametrize(
    ("name", "born"), [("Arta", "2001"), ("Arta Hoxha", "young"), ("", "2001")]
)
def test_a_name_alone_or_one_word_finds_nobody(name: str, born: str) -> None:
    assert kept(name, born) == set()


def test_a_number_is_the_same_with_and_without_its_countrys_code() -> None:
    for written in ("333 1234567", "call +39 333-123.4567 after six", "0039 333 1234567"):
        assert telephones(written, "IT") == ("+393331234567",)
    assert telephones("+39 333 1234567", None) == ("+393331234567",)


def test_where_a_number_is_from_is_not_guessed() -> None:
    assert telephones("333 1234567", None) == ()
    assert telephones("the baker, 12 3", "IT") == ()


@given(st.sampled_from(("AL", "BD", "BR", "CN", "EG", "IT", "MA", "NG", "PK", "RO", "UA")))
def test_a_number_of_any_country_is_found_in_a_text(region: str) -> None:
    number = example_number(region)
    assert number is not None
    told = f"ask for her at {format_number(number, PhoneNumberFormat.INTERNATIONAL)}, evenings"
    assert telephones(told, "IT") == (format_number(number, PhoneNumberFormat.E164),)
    assert telephones(told, None) == telephones(told, "IT")


@given(full.filter(lambda name: len(name_form(name)) > max(DIGITS.values())), years)
def test_a_row_shows_neither_the_name_nor_the_year(name: str, year: int) -> None:
    forms = kept(name, str(year))
    assert forms
    for row in rows("case-1", forms, KEY):
        assert row.values is not None
        value = row.values["blind"]
        assert len(value) == DIGITS[row.values["kind"]]
        shown = f"{row.key} {row.values}".replace(value, "")
        assert str(year) not in shown
        assert not any(form in shown for _kind, form in forms)


def test_whoever_has_table_and_key_still_finds_several_numbers_for_one_value() -> None:
    """What truncation is for; a country has a thousand times as many numbers as are tried here."""
    numbers = (f"+39333{number:07}" for number in range(200_000))
    values = Counter(blind(KEY, Kept.TELEPHONE, number) for number in numbers)
    shared = sum(count for count in values.values() if count > 1)
    assert 1_500 < shared < 3_500, "about one in eighty"


def test_a_name_of_two_words_is_no_easier_to_guess_than_a_number() -> None:
    of_a_name = {kind for kind, _form in kept("Arta Hoxha", "2001")}
    assert of_a_name == {Kept.NAME, Kept.SPELLING}
    assert sum(DIGITS[kind] for kind in of_a_name) == DIGITS[Kept.TELEPHONE] == 6


def test_kinds_and_keys_and_pairs_are_apart_and_a_part_is_as_a_whole() -> None:
    kinds = (Kept.NAME, Kept.SPELLING, Kept.TELEPHONE)
    values = {blind(key, kind, "x")[:1] for key in (KEY, ANOTHER_KEY) for kind in kinds}
    assert len(values) > 3, "one digit of sixteen may meet another"
    assert blind(KEY, Kept.NAME, "x") != blind(KEY, Kept.TELEPHONE, "x")[: DIGITS[Kept.NAME]]
    assert blind(KEY, Kept.PART, "x") == blind(KEY, Kept.NAME, "x")
    named = {
        candidate(KEY, ANOTHER_KEY, "a", "b"),
        candidate(ANOTHER_KEY, KEY, "a", "b"),
        candidate(KEY, ANOTHER_KEY, "b", "a"),
        candidate(KEY, KEY, "a", "b"),
    }
    assert len(named) == 4
