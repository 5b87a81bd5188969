"""What happened, said in a language: sentences of a service's words, with codes in words too."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from shared import words
from shared.codes import LabelledCode
from shared.words import FALLBACK

_LABELS = "shared.codes.texts"
_COMMON = "shared.telling.texts"


@dataclass(frozen=True)
class Saying:
    """The words of one package in one language, English where it has none in that one."""

    package: str
    asked: str = FALLBACK

    @property
    def language(self) -> str:
        return words.language_for(self.package, self.asked)

    def __call__(self, name: str, /, **about: object) -> str:
        """The sentence of this name. `about`: ids and texts as they are, codes to be named."""
        sentence = str(words.texts(self.package, self.language)[name])
        return sentence.format(**{each: self._named(told) for each, told in about.items()})

    def entry(self, entry: Mapping[str, Any]) -> str:
        """A refusal, a read or a message that was given up, as the audit log has it."""
        common = Saying(_COMMON, self.language)
        if entry["kind"] == "refusal":
            asked = self._known("asked", entry["command"])
            return common("refused", command=asked, rule=entry["rule"])
        if entry["kind"] == "discard":
            return common("given-up", what=entry["what"])
        return common("read", what=self._known("read", entry["what"]))

    def code(self, code: StrEnum) -> str:
        """Of no list that is published: the package's own word for it."""
        return self._known("codes", code.value)

    def labels(self, codes: Sequence[LabelledCode]) -> str:
        return ", ".join(label(code, self.language).lower() for code in codes)

    def codes(self, codes: Sequence[LabelledCode]) -> str:
        """A list of codes: in English as they are, since operators know them so."""
        return ", ".join(codes) if self.language == FALLBACK else self.labels(codes)

    def _named(self, told: object) -> object:
        if isinstance(told, LabelledCode):
            return label(told, self.language)
        if isinstance(told, StrEnum):
            return self.code(told)
        return told

    def _known(self, table: str, name: str) -> str:
        """What has no word in this language stays as it is recorded."""
        return str(words.texts(self.package, self.language).get(table, {}).get(name, name))


def label(code: LabelledCode, language: str) -> str:
    if language == FALLBACK:
        return code.label
    return labels(type(code), language)[code.value]


def labels(codes: type[LabelledCode], language: str) -> Mapping[str, str]:
    """Each code of a list with its label, in a language that there are labels in."""
    if language == FALLBACK:
        return {code.value: code.label for code in codes}
    named: Mapping[str, str] = words.texts(_LABELS, language)[codes.__name__]
    return named
