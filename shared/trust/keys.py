"""Keys of persons, per class of data: a store apart from the events, that can forget."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

ITSELF = "service"  # the subject under which a service keeps secrets of its own


class UnknownKey(Exception):
    """No such key. This is an error, and never by itself a proof of erasure."""


class DestroyedKey(Exception):
    """The keys of this subject were destroyed: nothing of it opens again, and none is made anew."""


class KeyLingers(Exception):
    """What was forgotten may still stand in the file's log: do it again."""


class Keys(Protocol):
    """What the store needs of keys; 32 random bytes each, per subject and class of data. Each may
    raise `OutOfReach`."""

    def keys_for(self, subject: str, classes: Collection[str]) -> Mapping[str, bytes]:
        """A key for each class, all made durable at once where they are new; or `DestroyedKey`."""
        ...

    def key_for(self, subject: str, class_of_data: str) -> bytes:
        """The key, made durable first where it is new; or `DestroyedKey`."""
        ...

    def known_key(self, subject: str, class_of_data: str) -> bytes:
        """The key; or `UnknownKey`, or `DestroyedKey`."""
        ...

    def destroy(self, subject: str) -> None:
        """Forget every key of a subject for good, and that there will be none again. Safe to
        repeat; a subject that never had a key is marked all the same."""
        ...

    def destroyed(self) -> Sequence[str]:
        """Every subject whose keys were destroyed, in order."""
        ...

    def secret(self, name: str) -> bytes:
        """A key of the service itself (pseudonyms, digests), made at first use."""
        ...

    def trouble(self) -> str:
        """What keeps keys out of reach, in words without anything secret; empty where nothing."""
        ...
