"""The settings of an OpenID provider, from the environment."""

import json
from typing import Annotated

import httpx
from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from shared.codes import Role
from shared.trust.openid.claims import Mapped
from shared.trust.openid.keys import (
    NotAProvider,
    ProviderKeys,
    discovered,
    fetched,
    is_private,
)
from shared.trust.openid.reading import Provider

ROLES = frozenset(role.value for role in Role)
_PATIENCE_SECONDS = 3.0


class ProviderSettings(BaseSettings):
    """Whose tokens are taken, and how they are read. Without an issuer: nobody's."""

    model_config = SettingsConfigDict(env_prefix="STAFFETTA_", hide_input_in_errors=True)
    oidc_issuer: str | None = Field(None, description="The provider's issuer, to the letter.")
    oidc_audience: str | None = Field(
        None, min_length=1, description="What must stand in `aud` of a token that is meant for us."
    )
    oidc_clients: Annotated[frozenset[str], NoDecode] = Field(
        frozenset(), description="Which clients' tokens are taken (`azp`), comma-separated."
    )
    oidc_operator_claim: str = Field("sub", min_length=1, description="An operator's id.")
    oidc_organisation_claim: str = Field(
        "organisation", min_length=1, description="Their organisation's id in the network."
    )
    oidc_roles_claim: str = Field(
        "roles", min_length=1, description="A list of roles; a.b is b within a."
    )
    oidc_roles: Annotated[dict[str, Role], NoDecode] = Field(
        {}, description='JSON: the provider\'s name of a role to ours, {"street": "…"}.'
    )

    @field_validator("oidc_issuer")
    @classmethod
    def _is_an_issuer(cls, given: str | None) -> str | None:
        if given is not None and not is_private(given):
            raise ValueError("an address that begins with https:// (or on loopback with http://)")
        return given

    @field_validator("oidc_clients", mode="before")
    @classmethod
    def _is_a_list(cls, given: object) -> object:
        if not isinstance(given, str):
            return given
        return frozenset(filter(None, (name.strip() for name in given.split(","))))

    @field_validator("oidc_roles", mode="before")
    @classmethod
    def _is_json(cls, given: object) -> object:
        try:
            return json.loads(given) if isinstance(given, str) else given
        except ValueError:
            raise ValueError("must be JSON") from None

    @field_validator("oidc_operator_claim")
    @classmethod
    def _is_no_name(cls, given: str) -> str:
        if given in {"email", "name", "given_name", "family_name", "phone_number"}:
            raise ValueError("a claim that names no person: it stands in the audit log for good")
        return given

    @model_validator(mode="after")
    def _go_together(self) -> "ProviderSettings":
        if self.oidc_issuer and not self.oidc_audience:
            raise ValueError(
                "STAFFETTA_OIDC_AUDIENCE must be set beside STAFFETTA_OIDC_ISSUER: else tokens"
                " for anything else would let in here"
            )
        if self.oidc_audience and not self.oidc_issuer:
            raise ValueError("STAFFETTA_OIDC_ISSUER must be set beside STAFFETTA_OIDC_AUDIENCE")
        return self

    @property
    def provider(self) -> Provider | None:
        """The provider whose tokens are taken; None where none is named."""
        if self.oidc_issuer is None or self.oidc_audience is None:
            return None
        mapped = Mapped(
            self.oidc_issuer,
            self.oidc_audience,
            ROLES,
            self.oidc_clients,
            self.oidc_operator_claim,
            self.oidc_organisation_claim,
            self.oidc_roles_claim,
            {theirs: ours.value for theirs, ours in self.oidc_roles.items()},
        )
        http = httpx.Client(timeout=_PATIENCE_SECONDS)
        return Provider(ProviderKeys(self.oidc_issuer, http), mapped)


def provider_trouble(issuer: str) -> str:
    """Whether a provider of this issuer answers with keys that we can use; empty where it does."""
    try:
        with httpx.Client(timeout=_PATIENCE_SECONDS) as http:
            fetched(http, discovered(http, issuer))
    except httpx.HTTPStatusError as refused:
        return f"it answers {refused.response.status_code} to discovery: is the issuer complete?"
    except (httpx.TransportError, httpx.InvalidURL):
        return "nobody answers at the issuer's address, or its certificate is not trusted"
    except NotAProvider as other:
        return str(other)
    return ""
