"""The two providers of the contract that any OpenID provider keeps here, behind one shape."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import httpx

from tests.trust.provider import CLAIMS, Small, rsa

ORGANISATION, ROLE = "numero-verde-antitratta", "hotline-operator"
CLIENT, ANOTHER = "staffetta-cli", "another-application"
LASTING = 300


class AProvider(Protocol):
    """`operator`: who signs in there, by the id in its tokens."""

    @property
    def issuer(self) -> str: ...

    @property
    def operator(self) -> str: ...

    def browser(self, address: str) -> str:
        """Where the browser is sent when the operator has signed in."""

    def on_another_device(self, address: str, code: str, *, lets: bool) -> None:
        """The operator opens the address, types the code, signs in, and lets the device in or
        does not."""

    def rotate(self) -> None:
        """Sign with a new key from now on; the old one stays published."""

    def withdraw(self) -> None:
        """No key but the newest is published any more."""

    @contextmanager
    def away(self) -> Iterator[None]:
        """It answers nothing that can be used."""


@dataclass
class InTheTest:
    """The small provider, as one that operators sign in at."""

    small: Small
    operator: str = str(CLAIMS["sub"])

    @property
    def issuer(self) -> str:
        return self.small.issuer

    def browser(self, address: str) -> str:
        return str(httpx.get(address).headers["location"])

    def on_another_device(self, address: str, code: str, *, lets: bool) -> None:
        assert address.startswith(self.issuer)
        self.small.devices.decide(code, lets=lets)

    def rotate(self) -> None:
        self.small.keys.append(rsa())

    def withdraw(self) -> None:
        del self.small.keys[:-1]

    @contextmanager
    def away(self) -> Iterator[None]:
        self.small.status = 500
        try:
            yield
        finally:
            self.small.status = 200


def claims_of(client: str) -> dict[str, Any]:
    """What the realm of `deploy/keycloak` would say of the operator, to that client, now."""
    now = int(time.time())
    told: dict[str, Any] = {"azp": client, "iat": now, "exp": now + LASTING, "auth_time": now}
    if client == ANOTHER:
        return {**told, "aud": None, "organisation": None, "roles": None}
    return {**told, "aud": ["staffetta"], "organisation": ORGANISATION, "roles": [ROLE]}
