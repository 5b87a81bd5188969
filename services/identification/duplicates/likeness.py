"""The forms in which the same name, or the same telephone number, is always written: pure."""

import re
import unicodedata
from enum import StrEnum

from phonenumbers import PhoneNumberFormat, PhoneNumberMatcher, format_number

# Letters that no decomposition of Unicode turns into their likeness of the basic alphabet.
_LIKE = str.maketrans("łøđðħŧı", "loddhti", "") | str.maketrans({"þ": "th", "æ": "ae", "œ": "oe"})
_APOSTROPHES = str.maketrans(dict.fromkeys("'’‘ʼʻʹʿʾ`´"))  # noqa: RUF001  # they are what it is about
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_LEAST_WORDS = 2


class Likeness(StrEnum):
    """What two records may have in common."""

    NAME_AND_YEAR = "name-and-year"
    TELEPHONE = "telephone"


def name_form(name: str) -> str:
    """Case, accents, punctuation and the order of the words make no difference (Unicode 15, 3.13,
    compatibility caseless matching; then without marks)."""
    plain = unicodedata.normalize("NFKD", name.translate(_APOSTROPHES))
    for _twice in range(2):
        plain = unicodedata.normalize("NFKD", plain.casefold())
    plain = "".join(c for c in plain if not unicodedata.category(c).startswith("M"))
    plain = plain.translate(_LIKE).translate(_APOSTROPHES)
    return " ".join(sorted("".join(c if c.isalnum() else " " for c in plain).split()))


def birth_year(told: str) -> str | None:
    """The one year that it names, in whatever order of day and month; none where it is unclear."""
    years = set(_YEAR.findall("".join(str(unicodedata.decimal(c, c)) for c in told)))
    return years.pop() if len(years) == 1 else None


def name_and_year(name: str, born: str) -> str | None:
    """Both, or nothing: one word with a year would be like too many."""
    form, year = name_form(name), birth_year(born)
    return f"{form} {year}" if year and len(form.split()) >= _LEAST_WORDS else None


def telephones(told: str, region: str | None) -> tuple[str, ...]:
    """The telephone numbers in a text, as E.164. Where no region (ISO 3166-1) is known, only those
    with their country's code: which country's another one is, is not guessed."""
    found = (match.number for match in PhoneNumberMatcher(told, region))
    return tuple(dict.fromkeys(format_number(each, PhoneNumberFormat.E164) for each in found))
