"""A provider's access token read: signature, time, audience, and whom it names (RFC 9068, 4)."""

import binascii
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import ExpiredTokenError, JoseError
from joserfc.util import urlsafe_b64decode

from shared.trust.openid.claims import Mapped, bearer_of, for_us
from shared.trust.openid.keys import ProviderKeys
from shared.trust.tokens import Bearer, NoToken

# Signatures by a private key alone: a shared secret (HS256) would be the provider's public key,
# and `none` is no signature (RFC 8725, 3.1).
ALGORITHMS = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "Ed25519"),
)
LEEWAY_SECONDS = 30
"""How far the provider's clock and ours may differ."""
_TYPES = {"jwt", "at+jwt", "application/at+jwt"}


@dataclass(frozen=True)
class Provider:
    """Whose tokens are taken, and how they are read."""

    keys: ProviderKeys
    mapped: Mapped

    def read(self, token: str, clock: Callable[[], datetime]) -> Bearer:
        """Whom the token names; `NoToken` where it is forged, foreign, expired or of nobody here;
        `ProviderAway` where that cannot be told now."""
        try:
            claims = self._verified(token)
            jwt.JWTClaimsRegistry(
                now=lambda: int(clock().timestamp()),
                leeway=LEEWAY_SECONDS,
                iss={"essential": True, "value": self.mapped.issuer},
                exp={"essential": True},
            ).validate(claims)
        except ExpiredTokenError:
            raise NoToken("expired") from None
        except (JoseError, ValueError):
            raise NoToken("invalid") from None
        for_us(claims, self.mapped)
        return bearer_of(claims, self.mapped)

    def _verified(self, token: str) -> dict[str, Any]:
        header = jws.extract_compact(token.encode()).protected
        kid, algorithm = header.get("kid"), header.get("alg")
        if algorithm not in ALGORITHMS or not isinstance(kid, str | None):
            raise NoToken("invalid")
        if str(header.get("typ", "jwt")).lower() not in _TYPES:
            raise NoToken("no access token")
        key = self.keys.key(kid)
        if key is None or (key.alg or algorithm) != algorithm:
            raise NoToken("invalid")
        return jwt.decode(token, key, algorithms=list(ALGORITHMS)).claims


def issuer_of(token: str) -> str:
    """Whose token it says it is, unproved: good for choosing who is to prove it, and no more."""
    try:
        told = json.loads(urlsafe_b64decode(token.split(".")[1].encode()))
    except (IndexError, ValueError, binascii.Error, RecursionError):
        return ""
    issuer = told.get("iss") if isinstance(told, dict) else None
    return issuer if isinstance(issuer, str) else ""
