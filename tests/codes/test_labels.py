"""Each code has a word in each language that there are words in."""

import pytest

from shared.codes import CODE_LISTS, LabelledCode, ServiceType
from shared.telling import label, labels
from shared.words import FALLBACK, languages

OTHERS = languages("shared.codes.texts")


def test_there_are_words_in_italian_beside_the_english_of_the_lists_themselves() -> None:
    assert OTHERS == ["it"]
    assert label(ServiceType.WORK, FALLBACK) == ServiceType.WORK.label
    assert label(ServiceType.WORK, "it") == "Formazione e lavoro"


@pytest.mark.parametrize("language", [FALLBACK, *OTHERS])
@pytest.mark.parametrize("codes", CODE_LISTS)
def test_every_code_has_a_word_of_its_own(codes: type[LabelledCode], language: str) -> None:
    named = labels(codes, language)
    assert set(named) == {code.value for code in codes}
    assert all(word.strip() for word in named.values())
    assert len(set(named.values())) == len(named)
