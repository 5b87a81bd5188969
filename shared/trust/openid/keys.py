"""A provider's keys, by discovery: kept for a while, fetched anew when they are rotated.

While the provider is away, what was fetched goes on being used for an hour and no longer: a key
that it withdrew meanwhile must not be honoured for ever. Then nobody is let in.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key
from pydantic import BaseModel, ConfigDict, ValidationError

from shared.trust.tokens import ProviderAway

DISCOVERY = "/.well-known/openid-configuration"
FRESH_SECONDS = 300.0
LASTS_SECONDS = 3600.0
REST_SECONDS = 10.0
"""Between two looks, whatever happens: whoever makes up key ids must not make us a nuisance."""
_PATIENCE_SECONDS = 5.0


class NotAProvider(Exception):
    """What answers is no OpenID provider of that issuer; the words say why."""


class Discovered(BaseModel):
    """What we use of a discovery document (OpenID Connect Discovery 1.0, 3)."""

    model_config = ConfigDict(hide_input_in_errors=True)
    issuer: str
    jwks_uri: str
    authorization_endpoint: str
    token_endpoint: str
    device_authorization_endpoint: str | None = None

    def addresses(self) -> list[str]:
        """All that it names."""
        device = self.device_authorization_endpoint
        always = [self.jwks_uri, self.authorization_endpoint, self.token_endpoint]
        return always if device is None else [*always, device]


class _KeySet(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)
    keys: list[dict[str, Any]]


@dataclass(frozen=True)
class _Held:
    at: float = float("-inf")
    keys: Mapping[str, Key] = field(default_factory=dict)


class ProviderKeys:
    """The keys of one issuer. `clock`: seconds that only ever grow."""

    def __init__(
        self, issuer: str, http: httpx.Client, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._issuer, self._http, self._clock = issuer, http, clock
        self._held = _Held()
        self._tried = float("-inf")
        self._turn = threading.Lock()

    def key(self, kid: str | None) -> Key | None:
        """The key of this id; None where the provider has none, or has several and none is named.
        Raises `ProviderAway` where what was fetched is too old."""
        if self._named(kid) is None:
            self._look_again(patience=_PATIENCE_SECONDS)
        elif self._age() > FRESH_SECONDS:
            # One looks; the others go on with what there is.
            self._look_again(patience=0)
        if self._age() > LASTS_SECONDS:
            raise ProviderAway
        return self._named(kid)

    def trouble(self) -> str:
        """Whether tokens can be told true from forged; empty where they can."""
        if self._age() > FRESH_SECONDS:
            self._look_again(patience=0)
        return "its keys cannot be fetched" if self._age() > LASTS_SECONDS else ""

    def _age(self) -> float:
        return self._clock() - self._held.at

    def _named(self, kid: str | None) -> Key | None:
        keys = self._held.keys
        if kid is None:  # with one key alone it need not be named (OpenID Connect Core, 10.1)
            return next(iter(keys.values())) if len(keys) == 1 else None
        return keys.get(kid)

    def _look_again(self, patience: float) -> None:
        if not self._turn.acquire(timeout=patience):
            return
        try:
            if self._clock() - self._tried < REST_SECONDS:
                return
            self._tried = self._clock()
            keys = fetched(self._http, discovered(self._http, self._issuer))
            self._held = _Held(self._clock(), keys)
        except (httpx.HTTPError, httpx.InvalidURL, NotAProvider):
            logging.getLogger("provider").warning("its keys cannot be fetched", exc_info=True)
        finally:
            self._turn.release()


def discovered(http: httpx.Client, issuer: str) -> Discovered:
    """The provider's own description. Raises `NotAProvider`, or httpx's errors."""
    answer = http.get(issuer.rstrip("/") + DISCOVERY)
    answer.raise_for_status()
    try:
        told = Discovered.model_validate_json(answer.content)
    except ValidationError:
        raise NotAProvider("it gives no discovery document") from None
    if told.issuer != issuer:  # OpenID Connect Discovery 1.0, 4.3
        raise NotAProvider("it calls itself another issuer")
    if not all(is_private(address) for address in told.addresses()):
        raise NotAProvider("its addresses are not https")
    return told


def fetched(http: httpx.Client, told: Discovered) -> Mapping[str, Key]:
    """The keys for signatures, by id. Raises `NotAProvider`, or httpx's errors."""
    answer = http.get(told.jwks_uri)
    answer.raise_for_status()
    try:
        given = _KeySet.model_validate_json(answer.content).keys
    except ValidationError:
        raise NotAProvider("it gives no key set") from None
    keys = [key for each in given if each.get("use", "sig") == "sig" for key in _imported(each)]
    if not keys:
        raise NotAProvider("it gives no key for signatures")
    for key in keys:
        key.ensure_kid()
    return {str(key.kid): key for key in keys}


def is_private(address: str) -> bool:
    """Whether nobody reads along: https, or loopback."""
    try:
        url = httpx.URL(address)
    except httpx.InvalidURL:
        return False
    return url.scheme == "https" or (
        url.scheme == "http" and url.host in {"127.0.0.1", "localhost", "::1"}
    )


def _imported(given: Mapping[str, Any]) -> list[Key]:
    """A key of a kind that we know (RFC 7517, 5: others are passed over). A shared secret has no
    place in what everybody may read."""
    if given.get("kty") not in {"RSA", "EC", "OKP"}:
        return []
    try:
        return [JWKRegistry.import_key(dict(given))]
    except (JoseError, ValueError, KeyError, TypeError):
        return []
