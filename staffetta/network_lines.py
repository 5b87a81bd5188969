"""On which line of a TOML file something stands, which tomllib does not tell."""

import tomllib
from bisect import bisect_left
from collections.abc import Sequence
from typing import Any, TypeAlias

Where: TypeAlias = tuple[str | int, ...]
"""A way down the document, as in ("organisation", 2, "service", 0, "places")."""


def line_of(text: str, where: Where) -> int:
    """The line (from 1) where a value begins; for an absent one, where its table begins.

    The beginning of a TOML file is mostly a TOML file too, and the first beginning to hold a value
    ends with it. So the reader that is trusted with the content also finds the place, whatever
    way of writing tables and strings somebody chose.
    """
    lines = text.split("\n")
    while not _holds(_longest_valid_beginning(lines, len(lines))[1], where):
        where = where[:-1]
    if not where:
        return 1
    last = bisect_left(
        range(len(lines)), True, key=lambda n: _holds(_longest_valid_beginning(lines, n)[1], where)
    )
    return _longest_valid_beginning(lines, last - 1)[0] + 1


def _longest_valid_beginning(lines: Sequence[str], length: int) -> tuple[int, Any]:
    """How many of the first lines are TOML by themselves, and what they say."""
    while True:
        try:
            return length, tomllib.loads("\n".join(lines[:length]) + "\n")
        except tomllib.TOMLDecodeError:
            length -= 1


def _holds(document: Any, where: Where) -> bool:
    for step in where:
        try:
            document = document[step]
        except (KeyError, IndexError, TypeError):
            return False
    return True
