"""A person's own view as a file: JSON, or a PDF to be given into their hands."""

import json
import os
import unicodedata
from datetime import datetime
from pathlib import Path

import typst

from staffetta.own_view.coded import words_in
from staffetta.own_view.gathering import View

TEMPLATE = Path(__file__).with_name("own_view.typ")


def as_json(view: View, language: str) -> bytes:
    """The view, and beside it the words of one of `languages()` for what its names and codes say:
    the names themselves stay, whoever reads it."""
    told = {"language": language, "words": words_in(language), **view}
    return json.dumps(told, indent=1, ensure_ascii=False).encode() + b"\n"


_SCRIPTS = ("LATIN", "GREEK", "CYRILLIC", "ARABIC", "HEBREW", "ARMENIAN", "GEORGIAN", "MODIFIER")


def has_letters_for(view: View) -> bool:
    """Whether the fonts that typst carries have every letter of it: a word that is left blank would
    be a word kept from the person."""
    letters = {each for each in json.dumps(view, ensure_ascii=False) if each.isalpha()}
    return all(unicodedata.name(each, "").startswith(_SCRIPTS) for each in letters)


def as_pdf(view: View, at: datetime, language: str) -> bytes:
    """In one of `languages()`. What is shown is handed over as data, and never becomes markup."""
    told = {
        "view": json.dumps(view),
        "printed": f"{at:%Y-%m-%d %H:%M} UTC",
        "language": language,
        "words": json.dumps(words_in(language)),
    }
    printed = typst.compile(TEMPLATE, format="pdf", sys_inputs=told)
    assert isinstance(printed, bytes)  # noqa: S101  # one document: bytes, not a list of pages
    return printed


def keep(file: Path, content: bytes) -> None:
    """Readable by nobody else, not even for a moment. Raises `FileExistsError`."""
    opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(opened, "wb") as written:
        written.write(content)
