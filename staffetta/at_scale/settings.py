"""The settings of one service's process, from its environment."""

import json
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal

from psycopg import ProgrammingError
from pydantic import Field, SecretStr, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from shared.runtime.kafka.broker import Broker
from shared.runtime.recorders import Database, database_at
from staffetta.access.settings import ProviderSettings
from staffetta.access.tls import Certified
from staffetta.kek_settings import KekSettings

Name = Literal["identification", "referral", "assistance", "observatory"]


class _Environment(BaseSettings):
    """Each is a variable `STAFFETTA_…`; passwords are never shown."""

    model_config = SettingsConfigDict(env_prefix="STAFFETTA_", hide_input_in_errors=True)


class BrokerSettings(_Environment):
    """Where the broker is, and as whom."""

    kafka: str = Field(min_length=1, description="host:port of the brokers, comma-separated.")
    kafka_user: str | None = Field(None, description="The service's own SCRAM user.")
    kafka_password: SecretStr | None = Field(None, description="That user's password.")
    kafka_tls: bool = Field(False, description="Whether the brokers speak TLS.")

    @property
    def broker(self) -> Broker:
        password = self.kafka_password.get_secret_value() if self.kafka_password else None
        return Broker(self.kafka, self.kafka_user, password, self.kafka_tls)


class StoreSettings(KekSettings):
    """Where one service's store is, and its keys."""

    service: Name = Field(description="Which of the four services this process is.")
    postgres: SecretStr = Field(description="Its own database, as its own role.")
    key_database: SecretStr | None = Field(
        None, description="A database for its keys, which several machines reach."
    )
    keys: Path | None = Field(
        None,
        description="The directory of its key file, apart from the database.",
        validate_default=True,
    )

    @field_validator("keys")
    @classmethod
    def _is_needed(cls, given: Path | None, told: ValidationInfo) -> Path | None:
        """Where nothing else holds the keys, and what they are wrapped under."""
        if given is None and not (told.data.get("key_database") and told.data.get("kek") != "file"):
            raise ValueError("must be set")
        return given

    @field_validator("postgres", "key_database")
    @classmethod
    def _is_a_connection(cls, given: SecretStr | None) -> SecretStr | None:
        if given is None:
            return None
        try:
            database_at(given.get_secret_value())
        except ProgrammingError:
            raise ValueError("a connection as PostgreSQL takes it: postgresql://… ") from None
        return given

    @property
    def key_file(self) -> Path:
        """What a sealed file stands beside, too, where the keys themselves are elsewhere."""
        return (self.keys or Path()) / f"{self.service}.keys.sqlite"

    @property
    def database(self) -> Database:
        return database_at(self.postgres.get_secret_value())


class Settings(StoreSettings, BrokerSettings, ProviderSettings):
    """All that a service's process needs."""

    token_key: Path = Field(description="The key by which tokens are signed and checked.")
    host: str = Field("127.0.0.1", description="The address to listen at.")
    private_network: bool = Field(
        False, description="Whether only its own containers can come there, and a proxy before it."
    )
    port: Annotated[int, Field(ge=0, le=65_535)] = Field(0, description="0 takes a free one.")
    metrics_host: str = Field("127.0.0.1", description="The address of its metrics.")
    metrics_port: Annotated[int, Field(ge=0, le=65_535)] | None = Field(
        None, description="Where its metrics are served, never on the API's own port. Unset: not."
    )
    peers: Annotated[dict[str, str], NoDecode] = Field(
        {}, description='JSON: {"referral": "http://…", …}.'
    )

    tls_certificate: Path | None = Field(None, description="Its certificate, which names it.")
    tls_key: Path | None = Field(None, description="That certificate's key.")
    tls_authority: Path | None = Field(
        None, description="The authority that signed the certificates of all services."
    )

    @model_validator(mode="after")
    def _certificates_are_whole(self) -> "Settings":
        given = [self.tls_certificate, self.tls_key, self.tls_authority]
        if any(given) and not all(given):
            raise ValueError(
                "STAFFETTA_TLS_CERTIFICATE, …_KEY and …_AUTHORITY are set together, or none is"
            )
        return self

    @model_validator(mode="after")
    def _strangers_find_a_closed_door(self) -> "Settings":
        """Beyond loopback others can listen in, and whoever holds the services' key could be any
        operator: it takes certificates and a provider, or somebody's word that nobody is there."""
        closed = self.certified is not None and self.oidc_issuer is not None
        if not (is_loopback(self.host) or closed or self.private_network):
            raise ValueError(
                "STAFFETTA_HOST is not of this machine alone: set STAFFETTA_TLS_CERTIFICATE, …_KEY,"
                " …_AUTHORITY and STAFFETTA_OIDC_ISSUER; or STAFFETTA_PRIVATE_NETWORK=yes where"
                " only containers of your own and a proxy can come"
            )
        return self

    @property
    def certified(self) -> Certified | None:
        """How this process and the others know each other; None: by their tokens alone."""
        if not (self.tls_certificate and self.tls_key and self.tls_authority):
            return None
        return Certified(self.tls_certificate, self.tls_key, self.tls_authority)

    @field_validator("peers", mode="before")
    @classmethod
    def _is_json(cls, given: object) -> object:
        try:
            return json.loads(given) if isinstance(given, str) else given
        except ValueError:
            raise ValueError("must be JSON") from None


def is_loopback(host: str) -> bool:
    """Whether only this machine can come there; a name may mean any address, but for one."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
