"""Signed tokens: who acts, for which organisation, in which roles, for how long (RFC 7519)."""

import os
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

from joserfc import jwt
from joserfc.errors import ExpiredTokenError, JoseError
from joserfc.jwk import OKPKey
from pydantic import BaseModel, ConfigDict, Field

ISSUER = "urn:staffetta:local"
AUDIENCE = "staffetta"
_ALGORITHMS = ["Ed25519"]
_Name = Annotated[str, Field(min_length=1)]


class NoToken(Exception):
    """The token does not say who acts. `reason` is one of ours, never the token's own words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ProviderAway(Exception):
    """Nobody can tell now whether a token is good: it is not let in, and may be tried again."""


@dataclass(frozen=True)
class Bearer:
    """Whom a valid token names.

    `authenticated_at`: when they last proved who they are (UTC); None where nobody says.
    `factors`: how, as RFC 8176 names it (`pwd`, `otp`, …); empty where nobody says.
    """

    operator: str
    organisation: str
    roles: frozenset[str]
    authenticated_at: datetime | None = None
    factors: frozenset[str] = frozenset()


class Proof(BaseModel):
    """The claims of how and when somebody proved who they are (OpenID Connect Core, 2; RFC 8176).
    Nothing is read into a claim of another type."""

    model_config = ConfigDict(strict=True, hide_input_in_errors=True)
    auth_time: Annotated[int, Field(ge=0, lt=2**35)] | None = None
    amr: list[_Name] = []

    @property
    def at(self) -> datetime | None:
        return None if self.auth_time is None else datetime.fromtimestamp(self.auth_time, UTC)


class _Who(Proof):
    """The claims that name somebody."""

    sub: _Name
    org: _Name
    roles: list[_Name]


def signing_key(path: Path) -> OKPKey:
    """The installation's own signing key (Ed25519, mode 0600), made at first use."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _make(path)
    return OKPKey.import_key(path.read_bytes())


def _make(path: Path) -> None:
    """Where several processes make it at once, the first one's stands for all."""
    made = path.with_name(f"{path.name}.{uuid.uuid4().hex}.new")
    with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(OKPKey.generate_key("Ed25519").as_pem(private=True))
    try:
        path.hardlink_to(made)
    except FileExistsError:
        pass
    finally:
        made.unlink()


def issue(key: OKPKey, bearer: Bearer, now: datetime, lasting: timedelta) -> str:
    """A token for one operator, from now on."""
    claims: dict[str, object] = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": bearer.operator,
        "org": bearer.organisation,
        "roles": sorted(bearer.roles),
        "iat": int(now.timestamp()),
        "exp": int((now + lasting).timestamp()),
    }
    if bearer.authenticated_at is not None:
        claims["auth_time"] = int(bearer.authenticated_at.timestamp())
    if bearer.factors:
        claims["amr"] = sorted(bearer.factors)
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
        who = _Who.model_validate(claims)
        return Bearer(who.sub, who.org, frozenset(who.roles), who.at, frozenset(who.amr))
    except ExpiredTokenError:
        raise NoToken("expired") from None
    except (JoseError, ValueError):
        raise NoToken("invalid") from None
