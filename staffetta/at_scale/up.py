"""All of it on one machine: Kafka, PostgreSQL, the four services as processes, one address."""

import json
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from shared.runtime.kafka.broker import Broker
from staffetta.access.certificates import AUTHORITY, GATEWAY, make
from staffetta.access.tls import Certified, client_of
from staffetta.at_scale import postgres, topics
from staffetta.at_scale.gateway import gateway
from staffetta.at_scale.kafka import LocalKafka, ending_with_us, free_port
from staffetta.four import FOUR
from staffetta.installation import now
from staffetta.serving import in_a_thread

NAMES = tuple(part.name for part in FOUR)


class Ended(Exception):
    """A service's process has ended by itself."""


@dataclass(frozen=True)
class Together:
    """What runs: the broker, the database server, each service's environment and process."""

    directory: Path
    kafka: LocalKafka
    server: str
    environments: Mapping[str, dict[str, str]]
    processes: dict[str, subprocess.Popen[bytes]]
    services: Mapping[str, str]
    certified: Certified | None = None

    def start(self, name: str, replica: str = "") -> None:
        """Start a service's process, again where it had ended; a further one of the same service
        where `replica` says how it is told apart. That one answers on a port of its own."""
        own = {"STAFFETTA_PORT": str(free_port())} if replica else {}
        self.processes[name + replica] = subprocess.Popen(  # noqa: S603  # our own arguments
            [*ending_with_us(), sys.executable, "-m", "staffetta", "run"],
            env={**os.environ, **self.environments[name], **own},
            start_new_session=True,
        )

    def wait_until_they_answer(self) -> None:
        """Until every service's API answers; a process that ended is an error."""
        for name, address in self.services.items():
            while not _answers(name, address, self.certified):
                if self.processes[name].poll() is not None:
                    raise Ended(f"The process of {name} has ended; above is what it said.")
                time.sleep(0.1)

    def until_one_ends(self) -> None:
        """Wait; raises `Ended` as soon as one has. The others are not left to serve half a
        network: whoever started them is told, and decides."""
        while not (gone := list(self.ended())):
            time.sleep(0.5)
        names = ", ".join(f"{name} (exit code {code})" for name, code in gone)
        raise Ended(
            f"Ended by itself: {names}. Everything else is being stopped; what was confirmed is"
            " kept. Start `staffetta up` again with the same --data to go on."
        )

    def ended(self) -> Iterator[tuple[str, int]]:
        """Each process that has ended by itself, the broker's included, and its exit code."""
        broker = {"kafka": self.kafka.process} if self.kafka.process else {}
        for name, process in (broker | self.processes).items():
            if (code := process.poll()) is not None:
                yield name, code

    def stop(self) -> None:
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def together(
    directory: Path,
    server: str | None = None,
    broker: Broker | None = None,
    prefix: str = "",
    *,
    certified: bool = False,
) -> Iterator[Together]:
    """Bring everything up under a directory; nothing is left running afterwards.

    `server`: the superuser's URL on a PostgreSQL; else the one that the environment names, or one
    under the directory. `broker`: the administrator on a Kafka; else one under the directory.
    `prefix`: what the names of the databases and of their roles begin with. `certified`: the
    services and the gateway know each other by certificates, made under the directory.
    """
    passwords, folder = _passwords(directory), directory / "certificates"
    with ExitStack() as undo:
        kafka = LocalKafka(directory / "kafka", passwords=passwords, named=broker)
        undo.callback(kafka.stop)
        kafka.start()
        users = {name: passwords[name] for name in NAMES}
        topics.apply(kafka.broker(), passwords=users)
        server = _server(directory, server, {prefix + name: users[name] for name in NAMES})
        services = _addresses(folder if certified else None)
        environments = {
            name: _environment(directory, kafka.broker(), services)
            | _of_its_own(name, services[name], password)
            | {"STAFFETTA_POSTGRES": postgres.connection_for(server, prefix + name, password)}
            | (_certificates(folder, name) if certified else {})
            for name, password in users.items()
        }
        shown = _shown(folder, GATEWAY) if certified else None
        running = Together(directory, kafka, server, environments, {}, services, shown)
        undo.callback(running.stop)
        for name in NAMES:
            running.start(name)
        yield running


def _server(directory: Path, named: str | None, users: Mapping[str, str]) -> str:
    """The superuser's URL, where each of these users has a database."""
    named = named or os.environ.get("STAFFETTA_POSTGRES_SERVER")
    server = named or postgres.local_server(directory / "postgres")
    postgres.prepare(server, users)
    return server


def _addresses(certificates: Path | None) -> dict[str, str]:
    """Where each service will answer; with a folder for them, each under a certificate."""
    if certificates is not None:
        make(certificates, [*NAMES, GATEWAY], now())
    scheme = "http" if certificates is None else "https"
    return {name: f"{scheme}://127.0.0.1:{free_port()}" for name in NAMES}


def _environment(directory: Path, broker: Broker, services: Mapping[str, str]) -> dict[str, str]:
    """What every service is told alike."""
    return {
        "STAFFETTA_KAFKA": broker.bootstrap,
        "STAFFETTA_KEYS": str(directory / "keys"),
        "STAFFETTA_TOKEN_KEY": str(directory / "keys" / "token.pem"),
        "STAFFETTA_PEERS": json.dumps(services),
    }


def _of_its_own(name: str, address: str, password: str) -> dict[str, str]:
    return {
        "STAFFETTA_SERVICE": name,
        "STAFFETTA_PORT": str(httpx.URL(address).port),
        "STAFFETTA_KAFKA_USER": name,
        "STAFFETTA_KAFKA_PASSWORD": password,
    }


@contextmanager
def one_address(
    services: Mapping[str, str], where: socket.socket, certified: Certified | None = None
) -> Iterator[str]:
    """The gateway before the processes, while this lasts."""
    with in_a_thread(gateway(services, certified), where, lifespan="on") as address:
        yield address


def _shown(folder: Path, name: str) -> Certified:
    return Certified(folder / f"{name}.pem", folder / f"{name}.key", folder / f"{AUTHORITY}.pem")


def _certificates(folder: Path, name: str) -> dict[str, str]:
    told = _shown(folder, name)
    return {f"STAFFETTA_TLS_{part.upper()}": str(file) for part, file in vars(told).items()}


def _answers(name: str, address: str, certified: Certified | None) -> bool:
    try:
        with client_of(name, address, 5, certified) as http:
            return http.get("/openapi.json").is_success
    except httpx.TransportError:
        return False


def _passwords(directory: Path) -> dict[str, str]:
    """A password for each user, made once and kept beside the stores, mode 0600."""
    path = directory / "keys" / "passwords.json"
    if path.exists():
        known: dict[str, str] = json.loads(path.read_text())
        return known
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    made = {user: secrets.token_urlsafe(24) for user in ("admin", *NAMES)}
    path.write_text(json.dumps(made))
    return made
