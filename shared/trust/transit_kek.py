"""Key-encryption keys with the transit engine of OpenBao or Vault: they never leave that server.

Its AEAD keys are `aes256-gcm96`: AES-256-GCM (NIST SP 800-38D) under random nonces, with associated
data. Persons' keys travel there and back, so that only HTTPS is spoken, or loopback.
API: https://openbao.org/api-docs/secret/transit/
"""

import base64
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from shared.trust.kek import CannotUnwrap, Kek, NoKek, NotMade, Wrapped, with_version

_KIND = "aes256-gcm96"
_PATIENCE_SECONDS = 5.0
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}
_CHANGED = "The wrapped key was changed, or belongs elsewhere."
_AWAY = "the transit server does not answer as it should: is it sealed, or a standby?"


@dataclass(frozen=True)
class Transit:
    """Where the server is, and how it is asked. `token` is read each time: whoever renews it may
    write another. `authorities`: a file with the certificates that its own is checked against."""

    address: str
    token: Callable[[], str] = field(repr=False)
    mount: str = "transit"
    namespace: str = ""
    authorities: Path | None = None


def transit_kek(where: Transit, service: str, *, make: bool) -> Kek:
    """The keys of a service with a transit server; made where `make` allows it. Raises `NoKek`:
    also where the key there is of another kind, or can be exported."""
    kek = TransitKek(where, f"staffetta-{service}")
    try:
        kek.find(make=make)
    except BaseException:
        kek.close()
        raise
    return kek


class TransitKek:
    def __init__(self, where: Transit, name: str) -> None:
        address = httpx.URL(where.address)
        loopback = address.scheme == "http" and address.host in _LOOPBACK
        if address.scheme != "https" and not loopback:
            raise NoKek("the transit server's address must begin with https://")
        # No proxy of the environment: keys would pass it.
        self._http = httpx.Client(
            base_url=address.join(f"/v1/{where.mount}/"),
            headers={"X-Vault-Request": "true", "X-Vault-Namespace": where.namespace},
            verify=ssl.create_default_context(cafile=where.authorities),
            timeout=_PATIENCE_SECONDS,
            trust_env=False,
        )
        self._token, self._name = where.token, name

    @property
    def current(self) -> int:
        return max(self.versions())

    def versions(self) -> list[int]:
        """Asked each time: others rotate, too."""
        told = self._ask("GET", f"keys/{self._name}")
        odd = told["type"] != _KIND or told["derived"]
        if odd or told["exportable"] or told["allow_plaintext_backup"]:
            raise NoKek(f"the transit key must be of type {_KIND}, not derived, and not exportable")
        return sorted(int(version) for version in told["keys"])

    def wrap(self, key: bytes, bound: bytes) -> Wrapped:
        (wrapped,) = self._wrapped([(key, bound)])
        return wrapped

    def unwrap(self, version: int, wrapped: bytes, bound: bytes) -> bytes:
        (key,) = self._unwrapped([(version, wrapped, bound)])
        return key

    def rewrap(self, many: Sequence[tuple[int, bytes, bytes]]) -> list[Wrapped]:
        """Not with the server's own `rewrap`: what they are bound to changes with the version."""
        if not many:
            return []
        bounds = [bound for _version, _wrapped, bound in many]
        return self._wrapped(list(zip(self._unwrapped(many), bounds, strict=True)))

    def rotate(self) -> int:
        self._ask("POST", f"keys/{self._name}/rotate")
        return self.current

    def retire(self, below: int) -> None:
        there = self.versions()
        if below > max(there):
            raise ValueError("the current version is in use")
        # One that was killed between the two has trimmed nothing: the next one trims both.
        least = {"min_decryption_version": below, "min_encryption_version": below}
        self._ask("POST", f"keys/{self._name}/config", least)
        self._ask("POST", f"keys/{self._name}/trim", {"min_available_version": below})

    def close(self) -> None:
        self._http.close()

    def find(self, *, make: bool) -> None:
        """The key there, made where it may be. Raises `NoKek`."""
        try:
            self.versions()
        except NotMade:
            if not make:
                raise
            self._ask("POST", f"keys/{self._name}", {"type": _KIND})

    def _wrapped(self, many: Sequence[tuple[bytes, bytes]]) -> list[Wrapped]:
        version = self.current
        given = [
            {
                "plaintext": _text(key),
                "associated_data": _text(with_version(version, bound)),
                "key_version": version,
            }
            for key, bound in many
        ]
        told = self._ask("POST", f"encrypt/{self._name}", {"batch_input": given})
        sealed = [each["ciphertext"].split(":") for each in told["batch_results"]]
        if any(named != f"v{version}" for _mark, named, _text in sealed):
            raise NoKek("the transit server wrapped under another version than it was asked to")
        return [(version, base64.b64decode(text)) for _mark, _version, text in sealed]

    def _unwrapped(self, many: Sequence[tuple[int, bytes, bytes]]) -> list[bytes]:
        given = [
            {
                "ciphertext": f"vault:v{version}:{_text(wrapped)}",
                "associated_data": _text(with_version(version, bound)),
            }
            for version, wrapped, bound in many
        ]
        try:
            told = self._ask("POST", f"decrypt/{self._name}", {"batch_input": given})
        except _Refused:
            there = self.versions()
            if any(version not in there for version, _wrapped, _bound in many):
                raise NoKek("a version of the key-encryption key is retired") from None
            raise CannotUnwrap(_CHANGED) from None
        return [base64.b64decode(each["plaintext"]) for each in told["batch_results"]]

    def _ask(self, method: str, path: str, given: Mapping[str, Any] | None = None) -> Any:
        try:
            answer = self._http.request(
                method, path, json=given, headers={"X-Vault-Token": self._token()}
            )
        except (httpx.TransportError, OSError):
            raise NoKek("the transit server does not answer") from None
        match answer.status_code:
            case httpx.codes.OK | httpx.codes.NO_CONTENT:
                return answer.json()["data"] if answer.content else {}
            case httpx.codes.BAD_REQUEST:
                raise _Refused("the transit server refuses what it was asked")
            case httpx.codes.FORBIDDEN:
                raise NoKek("the transit server does not let our token do this: is it renewed?")
            case httpx.codes.NOT_FOUND:
                raise NotMade("the transit server has no key of this service")
            case _:
                raise NoKek(_AWAY)


class _Refused(NoKek):
    """A wrong request, or one that its key does not allow."""


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
