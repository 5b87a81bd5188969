"""The settings of one service's process, from its environment."""

from pathlib import Path
from typing import Annotated, Literal

from psycopg import ProgrammingError
from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.runtime.kafka.broker import Broker
from shared.runtime.recorders import Database, database_at

Name = Literal["identification", "referral", "assistance", "observatory"]


class Settings(BaseSettings):
    """Each is a variable `STAFFETTA_…`; passwords are never shown."""

    model_config = SettingsConfigDict(env_prefix="STAFFETTA_", hide_input_in_errors=True)

    service: Name = Field(description="Which of the four services this process is.")
    postgres: SecretStr = Field(description="Its own database, as its own role.")
    kafka: str = Field(description="host:port of the brokers, comma-separated.")
    kafka_user: str | None = Field(None, description="The service's own SCRAM user.")
    kafka_password: SecretStr | None = None
    kafka_tls: bool = False
    keys: Path = Field(description="The directory of its key file, apart from the database.")
    token_key: Path = Field(description="The key by which tokens are signed and checked.")
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65_535)] = 0
    peers: dict[str, str] = Field({}, description='JSON: {"referral": "http://…", …}.')

    @field_validator("postgres")
    @classmethod
    def _is_a_connection(cls, given: SecretStr) -> SecretStr:
        try:
            database_at(given.get_secret_value())
        except ProgrammingError:
            raise ValueError("a connection as PostgreSQL takes it: postgresql://… ") from None
        return given

    @property
    def broker(self) -> Broker:
        password = self.kafka_password.get_secret_value() if self.kafka_password else None
        return Broker(self.kafka, self.kafka_user, password, self.kafka_tls)

    @property
    def database(self) -> Database:
        return database_at(self.postgres.get_secret_value())
