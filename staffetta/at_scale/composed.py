"""The steps of `deploy/compose.yaml` that come before the services, and the address before them.

`secrets` makes what is missing, each service's in a directory that only it mounts; `prepare` makes
the broker's users, topics and rights, and the databases with their roles. Both are safe to repeat.
"""

import secrets
import sys
from collections.abc import Mapping
from pathlib import Path

import uvicorn

from shared.runtime.kafka.broker import Broker
from shared.runtime.log import set_up
from shared.trust.tokens import signing_key
from staffetta.at_scale import postgres, topics
from staffetta.at_scale.gateway import gateway
from staffetta.four import FOUR

NAMES = tuple(part.name for part in FOUR)
SECRETS = Path("/secrets")
# The broker as it is seen from within its own network namespace, and nowhere else.
_LOCAL_BROKER = Broker("127.0.0.1:19092")


class NotKept(Exception):
    """The broker is not as it was asked to be; the words say in what."""


def make_secrets(directory: Path) -> None:
    """A password for each service, and for the database's and Grafana's administrators; the key by
    which tokens are signed, for each service and for the journey."""
    key = directory / "journey" / "keys" / "token.pem"
    key.parent.mkdir(parents=True, exist_ok=True)
    signing_key(key)
    for name in NAMES:
        password = _made(directory / name / "staffetta_kafka_password")
        _made(directory / name / "staffetta_postgres", _connection(name, password))
        _made(directory / name / "token.pem", key.read_text())
    _made(directory / "postgres" / "password")
    # Grafana runs as a user of its own image; nobody else mounts this directory.
    grafana = directory / "grafana" / "password"
    _made(grafana)
    grafana.chmod(0o444)


def prepare_broker(directory: Path, broker: Broker = _LOCAL_BROKER) -> None:
    """The users, topics and rights of the broker."""
    if left := topics.apply(broker, passwords=_passwords(directory)):
        raise NotKept("; ".join(left))


def prepare_databases(directory: Path) -> None:
    """A database and a role for each service."""
    administrator = (directory / "postgres" / "password").read_text()
    server = f"postgresql://postgres:{administrator}@postgres/postgres"
    postgres.prepare(server, _passwords(directory))


def serve_gateway(services: Mapping[str, str], host: str, port: int) -> None:
    """One address before the services, until SIGTERM."""
    uvicorn.run(
        gateway(services),
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
    )


def _passwords(directory: Path) -> Mapping[str, str]:
    return {name: (directory / name / "staffetta_kafka_password").read_text() for name in NAMES}


def _made(path: Path, text: str | None = None) -> str:
    """What the file holds; made, readable by its owner alone, where it is missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(text or secrets.token_urlsafe(24))
    return path.read_text()


def _connection(service: str, password: str) -> str:
    return f"postgresql://{service}:{password}@postgres/{service}"


def main(step: str) -> None:
    set_up()
    match step:
        case "secrets":
            make_secrets(SECRETS)
        case "prepare":
            prepare_broker(SECRETS)
            prepare_databases(SECRETS)
        case "gateway":
            serve_gateway({name: f"http://{name}:8080" for name in NAMES}, "0.0.0.0", 8291)  # noqa: S104  # in a container; what is published is for compose.yaml to say
        case _:
            sys.exit("one of: secrets, prepare, gateway")


if __name__ == "__main__":
    main(sys.argv[1])
