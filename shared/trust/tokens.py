"""Signed tokens: who acts, for which organisation, in which roles, for how long (RFC 7519)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from joserfc import jwt
from joserfc.errors import ExpiredTokenError, JoseError
from joserfc.jwk import OKPKey

ISSUER = "urn:staffetta:local"
AUDIENCE = "staffetta"
_ALGORITHMS = ["Ed25519"]


class NoToken(Exception):
    """The token does not say who acts. `reason` is one of ours, never the token's own words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Bearer:
    """Whom a valid token names."""

    operator: str
    organisation: str
    roles: frozenset[str]


def signing_key(path: Path) -> OKPKey:
    """The installation's own signing key (Ed25519, mode 0600), made at first use."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        made = path.with_name(path.name + ".new")
        made.touch(mode=0o600)
        made.write_bytes(OKPKey.generate_key("Ed25519").as_pem(private=True))
        made.replace(path)
    return OKPKey.import_key(path.read_bytes())


def issue(key: OKPKey, bearer: Bearer, now: datetime, lasting: timedelta) -> str:
    """A token for one operator, from now on."""
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": bearer.operator,
        "org": bearer.organisation,
        "roles": sorted(bearer.roles),
        "iat": int(now.timestamp()),
        "exp": int((now + lasting).timestamp()),
    }
    return jwt.encode({"alg": "Ed25519"}, claims, key, algorithms=_ALGORITHMS)


def read(key: OKPKey, token: str, clock: Callable[[], datetime]) -> Bearer:
    """Whom the token names; `NoToken` where it is forged, foreign, incomplete or expired."""
    try:
        claims = jwt.decode(token, key, algorithms=_ALGORITHMS).claims
        jwt.JWTClaimsRegistry(
            now=lambda: int(clock().timestamp()),
            iss={"essential": True, "value": ISSUER},
            aud={"essential": True, "value": AUDIENCE},
            sub={"essential": True},
            exp={"essential": True},
        ).validate(claims)
        return Bearer(str(claims["sub"]), str(claims["org"]), frozenset(map(str, claims["roles"])))
    except ExpiredTokenError:
        raise NoToken("expired") from None
    except (JoseError, ValueError, KeyError, TypeError):
        raise NoToken("invalid") from None
