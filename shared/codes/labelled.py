"""The form of every code list: a string code, and an English label beside it."""

from enum import StrEnum
from typing import Self


class LabelledCode(StrEnum):
    """A member is written `NAME = "code", "Label"`, so that no code can lack its label."""

    label: str

    def __new__(cls, code: str, label: str = "") -> Self:
        # The default lets type checkers accept a look-up by code alone, as in Gender("female").
        if not label:
            raise TypeError(f"a code of {cls.__name__} has no label")
        member = str.__new__(cls, code)
        member._value_ = code
        member.label = label
        return member
