"""The words of receipts."""

from functools import partial

from shared import words
from shared.words import FALLBACK

__all__ = ["FALLBACK", "language_for", "languages", "texts"]

languages = partial(words.languages, __name__)
language_for = partial(words.language_for, __name__)
texts = partial(words.texts, __name__)
