"""Where the broker is and who we are to it."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Broker:
    """`bootstrap`: host:port, comma-separated. Without a user the connection is plain, which is
    for a broker on loopback only; with one it is SASL/SCRAM-SHA-512."""

    bootstrap: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: bool = False

    def options(self) -> dict[str, Any]:
        """The connection as kafka-python takes it."""
        options: dict[str, Any] = {"bootstrap_servers": self.bootstrap.split(",")}
        if self.user is None:
            return options | {"security_protocol": "SSL" if self.tls else "PLAINTEXT"}
        return options | {
            "security_protocol": "SASL_SSL" if self.tls else "SASL_PLAINTEXT",
            "sasl_mechanism": "SCRAM-SHA-512",
            "sasl_plain_username": self.user,
            "sasl_plain_password": self.password,
        }
