"""Words for people: a package of TOML files, one for each language, each with the same keys."""

import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

FALLBACK = "en"


@cache
def languages(package: str) -> Sequence[str]:
    """The tags of the languages that there are words in, in order."""
    named = (file.name.partition(".") for file in files(package).iterdir())
    return sorted(tag for tag, _dot, end in named if end == "toml")


def language_for(package: str, tag: str) -> str:
    """The language itself, or that of which it is a variant (`it-CH`); English for the others."""
    for candidate in (tag, tag.partition("-")[0]):
        if candidate in languages(package):
            return candidate
    return FALLBACK


@cache
def texts(package: str, language: str) -> dict[str, Any]:
    """The words in one of `languages(package)`."""
    return tomllib.loads((files(package) / f"{language}.toml").read_text(encoding="utf-8"))
