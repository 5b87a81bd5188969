"""A fact with a protected field of each class, its place, and keys to seal it with."""

from collections.abc import Collection, Iterator
from typing import ClassVar

from shared.runtime.facts import Fact
from shared.trust.protected import Contact, Health, Identity, Narrative, Place, Protected

PLACE = Place("identification", "case-1", 3, "case.told.v1")


class Told(Fact):
    stored_name: ClassVar[str] = "case.told.v1"
    language: str = "sq"
    name: Protected[Identity] | None = None
    alias: Protected[Identity] | None = None
    reach: Protected[Contact] | None = None
    injury: Protected[Health] | None = None
    story: Protected[Narrative] | None = None


class ToldOtherwise(Fact):
    """The same field as in `Told`, of another class of data."""

    stored_name: ClassVar[str] = "case.told.v1"
    name: Protected[Narrative] | None = None


class OneKey:
    """The same key for everybody and everything: what still fails then is bound by the place."""

    def __init__(self, key: bytes = bytes(range(32))) -> None:
        self._key = key

    def key_for(self, _subject: str, _class_of_data: str) -> bytes:
        return self._key

    known_key = key_for

    def keys_for(self, _subject: str, classes: Collection[str]) -> dict[str, bytes]:
        return dict.fromkeys(classes, self._key)

    def trouble(self) -> str:
        return ""

    def destroy(self, _subject: str) -> None:
        raise AssertionError("sealing and opening destroy nothing")

    def destroyed(self) -> list[str]:
        return []

    def secret(self, _name: str) -> bytes:
        return self._key


def sealed_text(fact: Fact, name: str = "name") -> str:
    """What is stored of a sealed field."""
    text = getattr(fact, name).sealed
    assert isinstance(text, str)
    return text


def flipped(raw: bytes) -> Iterator[bytes]:
    """The same bytes with one of them changed, each in turn."""
    for at, byte in enumerate(raw):
        yield raw[:at] + bytes([byte ^ 1]) + raw[at + 1 :]
