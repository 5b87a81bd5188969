"""The words of a person's own view: one file per language, each with the same keys.

What is told in it stands as it was told and recorded; the labels around it are these.
"""

import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

FALLBACK = "en"


@cache
def languages() -> Sequence[str]:
    """The tags of the languages that the view is translated into, in order."""
    named = (file.name.partition(".") for file in files(__name__).iterdir())
    return sorted(tag for tag, _dot, end in named if end == "toml")


def language_for(tag: str) -> str:
    """The language itself, or that of which it is a variant (`it-CH`); English for the others."""
    for candidate in (tag, tag.partition("-")[0]):
        if candidate in languages():
            return candidate
    return FALLBACK


@cache
def texts(language: str) -> dict[str, Any]:
    """The words in one of `languages()`."""
    return tomllib.loads((files(__name__) / f"{language}.toml").read_text(encoding="utf-8"))
