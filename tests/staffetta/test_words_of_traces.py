"""Every sentence of a trace is there in each language, about the same things; and so is whatever
can be read, refused or asked."""

from collections.abc import Mapping
from string import Formatter
from typing import Any

import pytest

from services.assistance.trace import WORDS as ASSISTANCE
from services.identification.trace import WORDS as IDENTIFICATION
from services.referral.trace import WORDS as REFERRAL
from shared.telling import Saying
from shared.words import FALLBACK, languages, texts

PACKAGES = (IDENTIFICATION, REFERRAL, ASSISTANCE, "shared.telling.texts")
AT = "2026-03-08T21:30:00.000000Z"


def sentences(package: str, language: str) -> Mapping[str, str]:
    told: dict[str, Any] = texts(package, language)
    return {name: each for name, each in told.items() if isinstance(each, str)}


def about(sentence: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in Formatter().parse(sentence) if name}


@pytest.mark.parametrize("package", PACKAGES)
def test_each_sentence_is_there_in_each_language_and_about_the_same(package: str) -> None:
    assert languages(package) == ["en", "it"]
    english, italian = (sentences(package, language) for language in ("en", "it"))
    assert set(english) == set(italian)
    for name, sentence in english.items():
        assert about(sentence) == about(italian[name]), name
        assert sentence != italian[name], name


@pytest.mark.parametrize(
    ("package", "kind", "told", "english", "italian"),
    [
        (
            IDENTIFICATION,
            "refusal",
            {"command": "DiscloseDossier", "rule": "the-case-exists"},
            "refused DiscloseDossier: the-case-exists",
            "rifiutato: vedere il dossier (the-case-exists)",
        ),
        (
            REFERRAL,
            "read",
            {"what": "the person's own view"},
            "read the person's own view",
            "letto: tutto quello che è scritto sulla persona",
        ),
        (
            ASSISTANCE,
            "discard",
            {"what": "type 7: why"},
            "gave a message up: type 7: why",
            "messo da parte un messaggio: type 7: why",
        ),
        (
            ASSISTANCE,
            "read",
            {"what": "something new"},
            "read something new",
            "letto: something new",
        ),
    ],
)
def test_what_is_no_event_is_said_too(
    package: str, kind: str, told: dict[str, str], english: str, italian: str
) -> None:
    entry = {"kind": kind, "at": AT, **told}
    assert Saying(package).entry(entry) == english
    assert Saying(package, "it-CH").entry(entry) == italian
    assert Saying(package, "sq").language == FALLBACK
