"""Signed tokens: who acts, for which organisation, in which roles, for how long (RFC 7519)."""

import os
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
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


@dataclass(frozen=True)
class Bearer:
    """Whom a valid token names."""

    operator: str
    organisation: str
    roles: frozenset[str]


class _Who(BaseModel):
    """The claims that name somebody. Nothing is read into a claim of another type."""

    model_config = ConfigDict(strict=True, hide_input_in_errors=True)
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
        who = _Who.model_validate(claims)
        return Bearer(who.sub, who.org, frozenset(who.roles))
    except ExpiredTokenError:
        raise NoToken("expired") from None
    except (JoseError, ValueError):
        raise NoToken("invalid") from None
