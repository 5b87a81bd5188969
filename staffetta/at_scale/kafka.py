"""A real Apache Kafka on loopback, without Docker: KRaft, one node, SCRAM, everything denied that
is not allowed. The jars come from Maven; Java 17 or later runs them."""

import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from shared.runtime.kafka.broker import Broker

_POM = Path(__file__).parents[2] / "deploy" / "kafka" / "pom.xml"
_ADMIN = "admin"
_PATIENCE_SECONDS = 60.0
# It shares two cores with everything else here: compiling itself well would cost more than it
# gives (decision 31).
_SPARING = ("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")


class NoKafka(Exception):
    """The broker cannot be run here; the words say what is missing."""


@dataclass
class LocalKafka:
    """A broker under a directory; `passwords` by user, the administrator's included. With
    `named`, it is that one instead, which runs already and is not ours to start or stop."""

    directory: Path
    port: int = 0
    passwords: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    named: Broker | None = None
    advertised: int | None = None
    """The port by which clients are told to come, where something stands between."""

    def broker(self, user: str = _ADMIN) -> Broker:
        if self.named is None:
            return Broker(f"127.0.0.1:{self.port}", user, self.passwords[user])
        if user == _ADMIN:
            return self.named
        return replace(self.named, user=user, password=self.passwords[user])

    def start(self) -> None:
        """Format the directory where it is new, start, and wait until the port answers."""
        if self.named is not None:
            return
        self.port = self.port or free_port()
        settings = self.directory / "server.properties"
        if not (self.directory / "formatted").exists():
            self._format(settings)
        settings.write_text(self._properties())
        log = (self.directory / "broker.log").open("ab")
        self.process = subprocess.Popen(  # noqa: S603  # our own arguments
            [*ending_with_us(), *_java(self.directory), *_SPARING, "kafka.Kafka", str(settings)],
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        log.close()
        _wait_for(self.port, self.process)

    def stop(self) -> None:
        """End it as gently as it lets itself be ended."""
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process = None

    def _format(self, settings: Path) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        settings.write_text(self._properties())
        settings.chmod(0o600)
        users = [
            f"--add-scram=SCRAM-SHA-512=[name={user},password={password}]"
            for user, password in self.passwords.items()
        ]
        # A random id may begin with a hyphen: joined to its option it is not taken for another.
        cluster = f"--cluster-id={secrets.token_urlsafe(16)}"
        storage = ["kafka.tools.StorageTool", "format", cluster, "-c", str(settings), *users]
        done = subprocess.run(  # noqa: S603  # our own arguments
            [*_java(self.directory), *storage], capture_output=True, check=False
        )
        if done.returncode:
            raise NoKafka("Kafka could not format its directory; see its broker.log.")
        (self.directory / "formatted").touch()

    def _properties(self) -> str:
        controller = self.port + 1
        login = (
            "org.apache.kafka.common.security.scram.ScramLoginModule required"
            f' username="{_ADMIN}" password="{self.passwords[_ADMIN]}";'
        )
        told = {
            "process.roles": "broker,controller",
            "node.id": "1",
            "controller.quorum.voters": f"1@127.0.0.1:{controller}",
            "listeners": f"SASL_PLAINTEXT://127.0.0.1:{self.port},"
            f"CONTROLLER://127.0.0.1:{controller}",
            "advertised.listeners": f"SASL_PLAINTEXT://127.0.0.1:{self.advertised or self.port}",
            "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT",
            "controller.listener.names": "CONTROLLER",
            "inter.broker.listener.name": "SASL_PLAINTEXT",
            "sasl.enabled.mechanisms": "SCRAM-SHA-512",
            "sasl.mechanism.inter.broker.protocol": "SCRAM-SHA-512",
            "listener.name.sasl_plaintext.scram-sha-512.sasl.jaas.config": login,
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            # The controller's own listener, on loopback, knows no users.
            "super.users": f"User:{_ADMIN};User:ANONYMOUS",
            "allow.everyone.if.no.acl.found": "false",
            "auto.create.topics.enable": "false",
            "log.dirs": str(self.directory / "log"),
            "offsets.topic.replication.factor": "1",
            "transaction.state.log.replication.factor": "1",
            "transaction.state.log.min.isr": "1",
            "share.coordinator.state.topic.replication.factor": "1",
            "share.coordinator.state.topic.min.isr": "1",
            "group.initial.rebalance.delay.ms": "0",
        }
        return "".join(f"{name}={value}\n" for name, value in told.items())


def jars(directory: Path) -> Path:
    """The broker's jars, resolved once by Maven into a directory that is kept."""
    libs = directory / "jars"
    if not (libs / "complete").exists():
        maven = shutil.which("mvn")
        if maven is None:
            raise NoKafka("Maven (`mvn`) is needed once to fetch Kafka's jars: install it.")
        done = subprocess.run(  # noqa: S603  # our own arguments
            [
                maven,
                "-q",
                "-B",
                "-f",
                str(_POM),
                "dependency:copy-dependencies",
                f"-DoutputDirectory={libs.resolve()}",
            ],
            capture_output=True,
            check=False,
        )
        if done.returncode:
            raise NoKafka("Maven could not fetch Kafka's jars.")
        (libs / "complete").touch()
    return libs


def ending_with_us(signal: str = "TERM") -> list[str]:
    """What to put before a command so that the kernel ends it, by this signal, when the thread that
    starts it is gone, however that came; nothing where `setpriv` (util-linux) is missing."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", signal] if setpriv else []


def free_port() -> int:
    """A port on loopback of which the next one is free too: the controller takes that."""
    while True:
        with socket.socket() as one, socket.socket() as two:
            one.bind(("127.0.0.1", 0))
            port: int = one.getsockname()[1]
            try:
                two.bind(("127.0.0.1", port + 1))
            except (OSError, OverflowError):
                continue
            return port


def _java(directory: Path) -> list[str]:
    java = shutil.which("java")
    if java is None:
        raise NoKafka("Java 17 or later is needed to run Kafka: install it.")
    return [java, "-cp", f"{jars(directory.parent)}/*"]


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < ends:
        if process.poll() is not None:
            break
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise NoKafka("Kafka did not start; see its broker.log.")
