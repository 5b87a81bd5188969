"""How a name sounds, roughly: the same for most of the ways in which it is written, whatever the
script. Pure. Decision 0035 has what was measured, against what is offered elsewhere."""

import re
import unicodedata

from anyascii import anyascii

_SHORT = 2
_FAMILY_FIRST = re.compile("([\u3400-\u9fff\uac00-\ud7a3])([\u3400-\u9fff\uac00-\ud7a3]+)")
_ARTICLE = re.compile(r"^ال(?=\w{3})")
_ARABIC_LETTER = re.compile("([\u0621-\u064a\u0671-\u06d3])")
_NASALS = str.maketrans(dict.fromkeys("ंংਂੰં", "n"))
_ALIKE = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        ("^w|^ou(?=[aeiou])", "v"),
        ("ph", "f"),
        ("dj", "j"),
        ("t?sh?|[dtc]?z|t?ch|xh|c(?=[eiy]|$)", "s"),
        ("x", "ks"),
        ("[cq]", "k"),
        ("(?<!n)g", ""),
        ("d", "t"),
        (r"(.)\1+", r"\1"),
    )
)
_SILENT = re.compile("[aeiouyjwh]")
_HALF_VOWELS = str.maketrans("yjw", "iiu")
_VOWELS = re.compile("([aeiou])[aeiou]+")


def sounds(words: list[str]) -> list[str]:
    """A rough consonant skeleton of each word, sorted. `words`: those of a name in its one form
    (`likeness.name_form`); a single one in Han or Hangul is a family name and a given name."""
    if len(words) == 1 and (
        both := _FAMILY_FIRST.fullmatch(unicodedata.normalize("NFC", words[0]))
    ):
        words = list(both.groups())
    return sorted(map(_sound, words))


def _sound(word: str) -> str:
    latin = _latin(word)
    plain = latin
    for pattern, sound in _ALIKE:
        plain = pattern.sub(sound, plain)
    skeleton = _SILENT.sub("", plain)
    if len(skeleton) >= _SHORT:
        return skeleton
    # Li, Lu and Wei are told apart by nothing else.
    heard = plain.replace("h", "").translate(_HALF_VOWELS)
    return _VOWELS.sub(r"\1", heard) or word


def _latin(word: str) -> str:
    """In the letters a to z and digits. Between letters of Arabic a vowel is put, so that two of
    them are never read as one sound."""
    spelt = _ARTICLE.sub("", word).translate(_NASALS)
    read = anyascii(_ARABIC_LETTER.sub("\\1\u064e", spelt)).casefold()
    return "".join(letter for letter in read if letter.isalnum())
