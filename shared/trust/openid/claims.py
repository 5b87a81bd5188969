"""From a provider's claims to who acts. Pure: nothing here asks anybody."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from shared.trust.tokens import Bearer, NoToken, Proof

# Both stand in the audit log, and in the key of an idempotent request with a slash between them.
# An operator is known by an id: an address of e-mail, which has an @, never becomes one.
_OPERATOR = re.compile(r"[A-Za-z0-9._|:-]{1,120}")
_ORGANISATION = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class Mapped:
    """What is expected of a token, and in which of its claims the rest is found.

    `clients`: who may have asked for it (`azp`, or RFC 9068's `client_id`); empty: anybody to
    whom the provider gives our audience. `known`: our roles; `roles`: ours by the provider's name,
    where that is another. A claim within a claim is written `realm_access.roles`.
    """

    issuer: str
    audience: str
    known: frozenset[str]
    clients: frozenset[str] = frozenset()
    operator_claim: str = "sub"
    organisation_claim: str = "organisation"
    roles_claim: str = "roles"
    roles: Mapping[str, str] = field(default_factory=dict)


def bearer_of(claims: Mapping[str, Any], mapped: Mapped) -> Bearer:
    """Whom verified claims name; `NoToken` where they name nobody here.

    A role that is not one of ours is left out, so that a provider can never make an operator
    one of the services.
    """
    operator = _one(claims, mapped.operator_claim, _OPERATOR, "an operator's id")
    organisation = _one(claims, mapped.organisation_claim, _ORGANISATION, "an organisation's id")
    roles = _roles(claims, mapped)
    if not roles:
        raise NoToken("without a role of this network")
    try:
        proof = Proof.model_validate({name: claims[name] for name in _PROOF if name in claims})
    except ValidationError:
        raise NoToken("invalid") from None
    return Bearer(operator, organisation, roles, proof.at, frozenset(proof.amr))


_PROOF = ("auth_time", "amr")


def for_us(claims: Mapping[str, Any], mapped: Mapped) -> None:
    """`NoToken` where a token of the provider was not meant for calls to this network.

    The audience is RFC 9068's, 4; an identity or refresh token (Keycloak says so in `typ`, others
    by `at_hash` or `nonce`: OpenID Connect Core, 3.1.3.6 and 2) is no access token; `azp` or
    `client_id` is who asked for it.
    """
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    if mapped.audience not in audiences:
        raise NoToken("for another audience")
    if claims.get("typ", "Bearer") != "Bearer" or "at_hash" in claims or "nonce" in claims:
        raise NoToken("no access token")
    asked = claims.get("azp", claims.get("client_id"))
    if mapped.clients and asked not in mapped.clients:
        raise NoToken("of another client")


def found(claims: Mapping[str, Any], name: str) -> Any:
    """A claim by its name, which may itself have dots in it, or by the way to it."""
    if name in claims:
        return claims[name]
    here: Any = claims
    for step in name.split("."):
        here = here.get(step) if isinstance(here, Mapping) else None
    return here


def _one(claims: Mapping[str, Any], name: str, form: re.Pattern[str], what: str) -> str:
    value = found(claims, name)
    # Some providers give each attribute as a list.
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if not isinstance(value, str) or not form.fullmatch(value):
        raise NoToken(f"without {what}")
    return value


def _roles(claims: Mapping[str, Any], mapped: Mapped) -> frozenset[str]:
    given = found(claims, mapped.roles_claim)
    if not isinstance(given, list):
        return frozenset()
    told = {mapped.roles.get(role, role) for role in given if isinstance(role, str)}
    return frozenset(told & mapped.known)
