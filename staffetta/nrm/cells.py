"""From a published word to a code: one function for each column."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import TypeVar

from shared.codes import AgeGroup, Channel, ExploitationType, Gender

Code = TypeVar("Code")

_CHANNELS = {
    "Government agency": Channel.GOVERNMENT_AGENCY,
    "Local Authority": Channel.LOCAL_AUTHORITY,
    "NGO and third sector": Channel.NGO,
    "Police": Channel.POLICE,
}
_FORMS = {
    "Labour": ExploitationType.LABOUR,
    "Sexual": ExploitationType.SEXUAL,
    "Criminal": ExploitationType.CRIMINAL,
    "Domestic": ExploitationType.DOMESTIC,
    "Organ Harvesting": ExploitationType.ORGAN_HARVESTING,
}
_NO_FORM = "Not specified or unknown"
_AGES = {
    "Child (17 or under)": AgeGroup.CHILD,
    "Adult (18 or over)": AgeGroup.ADULT,
    "Not specified or unknown": AgeGroup.UNKNOWN,
}
_GENDERS = {
    "Male": Gender.MALE,
    "Female": Gender.FEMALE,
    "Other": Gender.OTHER,
    "Not Recorded": Gender.NOT_RECORDED,
    "Unknown": Gender.UNKNOWN,
}


class RuleBroken(Exception):
    """A cell does not follow the rule that the message tells. It never repeats the cell."""


def past_quarter(text: str, today: date) -> str:
    """A quarter that has at least begun."""
    if not re.fullmatch("[0-9]{4}-Q[1-4]", text):
        raise RuleBroken("a quarter is written as in 2023-Q1")
    if text > f"{today.year:04}-Q{(today.month + 2) // 3}":
        raise RuleBroken("the quarter has not begun yet")
    return text


def channel(text: str) -> Channel:
    return _found(_CHANNELS, text)


def responder(text: str) -> str:
    """The organisation's name as a slug. Its list is not ours, so every name will do."""
    ascii_only = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    plain = ascii_only.lower().replace("&", " and ").replace("'", "")
    slug = "-".join(re.findall("[a-z0-9]+", plain))
    if not slug:
        raise RuleBroken("an organisation has a name with letters or digits in it")
    return slug


def exploitation(text: str) -> frozenset[ExploitationType]:
    """One or several forms, as in "Sexual, Labour & Domestic", or none known."""
    if text == _NO_FORM:
        return frozenset({ExploitationType.UNKNOWN})
    forms = [_found(_FORMS, word, also=_NO_FORM) for word in re.split(", | & ", text)]
    if len(set(forms)) < len(forms):
        raise RuleBroken("a form of exploitation is named once")
    return frozenset(forms)


def age(text: str) -> AgeGroup:
    return _found(_AGES, text)


def gender(text: str) -> Gender:
    return _found(_GENDERS, text)


def people(text: str) -> int:
    if not re.fullmatch("[0-9]{1,7}", text) or int(text) == 0:
        raise RuleBroken("a whole number from 1 to 9999999, in digits")
    return int(text)


def _found(codes: Mapping[str, Code], text: str, also: str = "") -> Code:
    if text not in codes:
        raise RuleBroken("one of: " + "; ".join(filter(None, (*codes, also))))
    return codes[text]
