"""Key-encryption keys in a PKCS#11 token (OASIS PKCS#11 2.40): an HSM, or SoftHSM2.

They are made in the token, sensitive and not extractable, and never leave it. PKCS#11 has no
AES-256-GCM-SIV: persons' keys are encrypted with CKM_AES_GCM (NIST SP 800-38D) under a nonce of the
token's own random numbers, 2^32 of which are safe under one version.
"""

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import pkcs11
from pkcs11 import Attribute, GCMParams, KeyType, Mechanism, ObjectClass
from pkcs11.exceptions import PinIncorrect, PinLocked, PKCS11Error

from shared.trust.kek import (
    CannotUnwrap,
    Kek,
    NoKek,
    NotMade,
    Wrapped,
    one_by_one,
    with_version,
)

_BITS, _NONCE_BITS, _TAG_BITS = 256, 96, 128
_NONCE_BYTES, _VERSION_BYTES = _NONCE_BITS // 8, 4
_MADE_SO = {
    Attribute.SENSITIVE: True,
    Attribute.EXTRACTABLE: False,
    Attribute.PRIVATE: True,
    Attribute.ENCRYPT: True,
    Attribute.DECRYPT: True,
    Attribute.WRAP: False,
    Attribute.UNWRAP: False,
}
_AWAY = "the token of the key-encryption keys does not answer"
_REFUSED = (
    "the token refuses its PIN, and locks itself after a few such tries: it is not asked again"
    " before this process is started anew"
)
# Initialising and logging in are the whole process's, whichever token it is about.
_TURN = threading.RLock()
Result = TypeVar("Result")


class _NoneThere(Exception):
    """No key has this label: none was made, or the token was taken away."""


@dataclass(eq=False)
class Token:
    """One token of a library, logged in to at first use, and again where it was gone meanwhile."""

    library: Path
    label: str
    pin: str = field(repr=False)
    refused: bool = False
    session: Any = None

    def use(self, work: Callable[[Any], Result]) -> Result:
        """What `work` gives of a session. A token that does not answer is opened anew, once."""
        with _TURN:
            try:
                return work(self.session or self._opened())
            except (PKCS11Error, _NoneThere):
                self._forget_session()
            try:
                return work(self._opened())
            except PKCS11Error:
                self._forget_session()
                raise NoKek(_AWAY) from None
            except _NoneThere:
                raise NotMade("the token has no key-encryption key of this service") from None

    def _opened(self) -> Any:
        if self.refused:
            raise NoKek(_REFUSED)
        try:
            known = pkcs11.lib(str(self.library))
        except (PKCS11Error, RuntimeError):
            raise NoKek("the PKCS#11 library cannot be loaded") from None
        known.reinitialize()  # else a token that was taken away stays away
        token = known.get_token(token_label=self.label)
        try:
            self.session = token.open(user_pin=self.pin, rw=True)
        except (PinIncorrect, PinLocked):
            self.refused = True
            raise NoKek(_REFUSED) from None
        return self.session

    def _forget_session(self) -> None:
        if self.session is not None:
            with suppress(PKCS11Error):
                self.session.close()
        self.session = None


@lru_cache
def token_at(library: Path, label: str, pin: str) -> Token:
    """One for all of a process: who logs in twice is refused."""
    return Token(library, label, pin)


def pkcs11_kek(token: Token, service: str, *, make: bool) -> Kek:
    """The keys of a service in a token; the first is made where `make` allows it. Raises `NoKek`:
    also where a key could be taken out of the token."""
    kek = Pkcs11Kek(token, f"staffetta.{service}")
    try:
        kek.versions()
    except NotMade:
        if not make:
            raise
        kek.begin()
    return kek


class Pkcs11Kek:
    def __init__(self, token: Token, label: str) -> None:
        self._token, self._label = token, label
        self._seen: tuple[Any, dict[int, Any]] = (None, {})

    @property
    def current(self) -> int:
        return max(self.versions())

    def versions(self) -> list[int]:
        return sorted(self._token.use(self._there))

    def wrap(self, key: bytes, bound: bytes) -> Wrapped:
        return self._token.use(lambda session: self._wrapped(session, key, bound))

    def unwrap(self, version: int, wrapped: bytes, bound: bytes) -> bytes:
        return self._token.use(lambda session: self._unwrapped(session, version, wrapped, bound))

    def rewrap(self, many: Sequence[tuple[int, bytes, bytes]]) -> list[Wrapped]:
        return one_by_one(self, many)

    def rotate(self) -> int:
        version = self.current + 1
        self._make(version)
        return version

    def retire(self, below: int) -> None:
        def work(session: Any) -> None:
            there = self._there(session)
            if below > max(there):
                raise ValueError("the current version is in use")
            for version in sorted(there):
                if version < below:
                    there[version].destroy()

        self._token.use(work)

    def close(self) -> None:
        """The session stays: the other services of this process have the same."""

    def begin(self) -> None:
        self._make(1)

    def _make(self, version: int) -> None:
        def work(session: Any) -> None:
            session.generate_key(
                KeyType.AES,
                _BITS,
                label=self._label,
                id=version.to_bytes(_VERSION_BYTES, "big"),
                store=True,
                template=_MADE_SO,
            )

        self._token.use(work)

    def _wrapped(self, session: Any, key: bytes, bound: bytes) -> Wrapped:
        there = self._there(session)
        version, nonce = max(there), session.generate_random(_NONCE_BITS)
        sealed: bytes = there[version].encrypt(
            key,
            mechanism=Mechanism.AES_GCM,
            mechanism_param=GCMParams(nonce, with_version(version, bound), _TAG_BITS),
        )
        return version, nonce + sealed

    def _unwrapped(self, session: Any, version: int, wrapped: bytes, bound: bytes) -> bytes:
        nonce, sealed = wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:]
        if len(nonce) < _NONCE_BYTES:
            raise CannotUnwrap(_CHANGED)
        told = GCMParams(nonce, with_version(version, bound), _TAG_BITS)
        kept = self._kept(session, version)
        try:
            key: bytes = kept.decrypt(sealed, mechanism=Mechanism.AES_GCM, mechanism_param=told)
        except PKCS11Error:
            # Tokens have one word for all that goes wrong. Whether the key is still there tells a
            # changed ciphertext from a version that was retired and a token that is gone.
            self._seen = (None, {})
            self._kept(session, version)
            raise CannotUnwrap(_CHANGED) from None
        return key

    def _kept(self, session: Any, version: int) -> Any:
        """The handle of a version; those of this session are looked up once."""
        of, there = self._seen
        if of is not session or version not in there:
            there = self._there(session)
        if version not in there:
            raise NoKek("a version of the key-encryption key is not in the token any more")
        return there[version]

    def _there(self, session: Any) -> dict[int, Any]:
        """Every version that is in the token now: others rotate, too."""
        asked = {Attribute.CLASS: ObjectClass.SECRET_KEY, Attribute.LABEL: self._label}
        found = list(session.get_objects(asked))
        if not found:
            raise _NoneThere
        if any(each[Attribute.EXTRACTABLE] or not each[Attribute.SENSITIVE] for each in found):
            raise NoKek("a key-encryption key can be taken out of the token: it must not be used")
        there = {int.from_bytes(each.id, "big"): each for each in found}
        self._seen = (session, there)
        return there


_CHANGED = "The wrapped key was changed, or belongs elsewhere."
