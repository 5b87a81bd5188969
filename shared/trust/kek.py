"""Key-encryption keys: what the keys of persons are wrapped under, one set of versions a service.

They stand in a sealed file (`sealed_kek`), in a PKCS#11 token (`pkcs11_kek`) or with a transit
server (`transit_kek`); this is all that the rest knows of them.
"""

from collections.abc import Callable, Sequence
from typing import Protocol


class OutOfReach(Exception):
    """Keys cannot be had: nothing is sealed or opened meanwhile. `why` never repeats a secret."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class NoKek(OutOfReach):
    """The key-encryption keys cannot be had."""


class NotMade(NoKek):
    """Where the key-encryption keys should stand, there are none."""


class CannotUnwrap(Exception):
    """A wrapped key that was changed, or that belongs to another subject, class or service."""


Wrapped = tuple[int, bytes]
"""The version, and a key wrapped under it."""


class Kek(Protocol):
    """One service's key-encryption keys, by version: 1, 2, …; new keys go under `current`."""

    @property
    def current(self) -> int: ...

    def versions(self) -> list[int]:
        """Those that can still unwrap, in order."""
        ...

    def wrap(self, key: bytes, bound: bytes) -> Wrapped:
        """The key wrapped under the current version: it unwraps only with what it is bound to."""
        ...

    def unwrap(self, version: int, wrapped: bytes, bound: bytes) -> bytes:
        """The key; `CannotUnwrap` where anything differs, `NoKek` where the version is gone."""
        ...

    def rewrap(self, many: Sequence[tuple[int, bytes, bytes]]) -> list[Wrapped]:
        """Each (version, wrapped key, bound) again under the current version; as `unwrap`."""
        ...

    def rotate(self) -> int:
        """A new version, from now on the current one. Whoever asks lets nobody else ask."""
        ...

    def retire(self, below: int) -> None:
        """Forget the versions before this one for good. Whoever asks has seen that nothing is
        wrapped under them. Safe to repeat."""
        ...

    def close(self) -> None:
        """Let go of what it holds open."""
        ...


KekOf = Callable[[bool], Kek]
"""Finds the key-encryption keys; makes the first where it is allowed to, since nothing is wrapped
yet. Raises `NoKek`."""


def with_version(version: int, bound: bytes) -> bytes:
    """What a wrapped key is bound to: its version, and its place."""
    return b"%d\n" % version + bound


def one_by_one(kek: Kek, many: Sequence[tuple[int, bytes, bytes]]) -> list[Wrapped]:
    """`rewrap` where each costs little."""
    return [
        kek.wrap(kek.unwrap(version, wrapped, bound), bound) for version, wrapped, bound in many
    ]
