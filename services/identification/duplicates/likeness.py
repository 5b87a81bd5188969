"""The forms in which the same name, or the same telephone number, is always written: pure."""

import re
import unicodedata
from collections.abc import Iterator, Set
from enum import StrEnum
from itertools import combinations

from phonenumbers import PhoneNumberFormat, PhoneNumberMatcher, format_number

from services.identification.duplicates.sounding import sounds

# Letters that no decomposition of Unicode turns into their likeness of the basic alphabet.
_LIKE = str.maketrans("łøđðħŧı", "loddhti", "") | str.maketrans({"þ": "th", "æ": "ae", "œ": "oe"})
_APOSTROPHES = str.maketrans(dict.fromkeys("'’‘ʼʻʹʿʾ`´"))  # noqa: RUF001  # they are what it is about
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_LEAST_WORDS, _LEFT_OUT, _MOST_WORDS = 2, 2, 8


class Likeness(StrEnum):
    """What two records may have in common. A similar name sounds alike, is written in another
    script, or has a further name more or less."""

    NAME_AND_YEAR = "name-and-year"
    SIMILAR_NAME_AND_YEAR = "similar-name-and-year"
    TELEPHONE = "telephone"


def closest(kinds: Set[Likeness]) -> set[Likeness]:
    """Whose name is the same is not told to be similar as well."""
    if Likeness.NAME_AND_YEAR in kinds:
        return set(kinds) - {Likeness.SIMILAR_NAME_AND_YEAR}
    return set(kinds)


class Kept(StrEnum):
    """What a record is found by: how its name sounds, the same without a word or two of it, how it
    is spelt, each with the year of birth; and a telephone number."""

    NAME = "name"
    PART = "name-part"
    SPELLING = "spelling"
    TELEPHONE = "telephone"


def name_form(name: str) -> str:
    """Case, accents, punctuation and the order of the words make no difference (Unicode 15, 3.13,
    compatibility caseless matching; then without marks, save the vowels of Indic scripts)."""
    plain = unicodedata.normalize("NFKD", name.translate(_APOSTROPHES))
    for _twice in range(2):
        plain = unicodedata.normalize("NFKD", plain.casefold())
    plain = "".join(c for c in plain if not _is_an_accent(c))
    plain = plain.translate(_LIKE).translate(_APOSTROPHES)
    return " ".join(sorted("".join(c if _is_of_a_word(c) else " " for c in plain).split()))


def _is_an_accent(c: str) -> bool:
    return unicodedata.combining(c) != 0 or unicodedata.category(c) == "Cf"


def _is_of_a_word(c: str) -> bool:
    return c.isalnum() or unicodedata.category(c) in ("Mn", "Mc")


def birth_year(told: str) -> str | None:
    """The one year that it names, in whatever order of day and month; none where it is unclear."""
    years = set(_YEAR.findall("".join(str(unicodedata.decimal(c, c)) for c in told)))
    return years.pop() if len(years) == 1 else None


def names(name: str, born: str) -> Iterator[tuple[Kept, str]]:
    """What a name of two words or more and a year of birth are found by. Both, or nothing: one word
    with a year would be like too many. All of a name is compared with parts of a longer one, and
    never parts with parts: half of a country shares two names of three."""
    form, year = name_form(name), birth_year(born)
    heard = sounds(form.split())
    if year is None or len(heard) < _LEAST_WORDS:
        return
    yield Kept.NAME, " ".join((*heard, year))
    yield Kept.SPELLING, f"{form} {year}"
    if len(heard) > _MOST_WORDS:
        return
    for size in range(max(_LEAST_WORDS, len(heard) - _LEFT_OUT), len(heard)):
        for part in combinations(heard, size):
            yield Kept.PART, " ".join((*part, year))


def telephones(told: str, region: str | None) -> tuple[str, ...]:
    """The telephone numbers in a text, as E.164. Where no region (ISO 3166-1) is known, only those
    with their country's code: which country's another one is, is not guessed."""
    found = (match.number for match in PhoneNumberMatcher(told, region))
    return tuple(dict.fromkeys(format_number(each, PhoneNumberFormat.E164) for each in found))
