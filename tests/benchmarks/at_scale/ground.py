"""What is measured, brought up: broker, database server, the services' processes, our own hands."""

import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import psycopg
from kafka import KafkaAdminClient
from kafka.errors import TopicAlreadyExistsError

from shared.contracts.envelope import LANES
from shared.runtime.inbox import position
from shared.runtime.kafka.broker import Broker
from shared.runtime.recorders import Database, database_at
from shared.runtime.store import Store, postgres_store
from shared.trust.key_file import keys_in_file
from staffetta.at_scale.up import Together, together
from staffetta.four import FOUR
from tests.benchmarks.at_scale.draining import BACKLOG_TOPIC

_PATIENCE_SECONDS = 1_800.0


@dataclass(frozen=True)
class Ground:
    """`stores`: this process's own hands in each service's database, beside the service itself."""

    running: Together
    stores: Mapping[str, Store]

    def database(self, service: str) -> Database:
        return database_at(self.running.environments[service]["STAFFETTA_POSTGRES"])

    def keys(self, service: str) -> Path:
        return self.running.directory / "keys" / f"{service}.keys.sqlite"

    @property
    def broker(self) -> Broker:
        """As the administrator, who may read and write everything."""
        return self.running.kafka.broker()

    @property
    def events(self) -> int:
        """How many events the four stores hold together."""
        return sum(
            int(store.rows("SELECT COUNT(*) AS events FROM stored_events")[0]["events"])
            for store in self.stores.values()
        )

    def only(self, *names: str) -> None:
        """Let these processes run and answer, and no others."""
        processes = self.running.processes
        stopped = [name for name in processes if name not in names]
        for name in stopped:
            processes[name].terminate()
        for name in stopped:
            processes.pop(name).wait(timeout=60)
        for name in names:
            if name not in processes:
                self.running.start(name)
        for name in names:
            self._until_it_answers(name)

    def everybody(self) -> None:
        self.only(*self.stores)

    def resident(self, service: str) -> int:
        """Bytes that the service's process holds."""
        return psutil.Process(self.running.processes[service].pid).memory_info().rss

    def settle(self) -> None:
        """Wait until every service has applied all that was sent to it."""
        ends = time.monotonic() + _PATIENCE_SECONDS
        while any(left := {part.name: self._behind(part.name) for part in FOUR}.values()):
            if time.monotonic() > ends:
                raise TimeoutError(f"still to be applied: {list(left)}")
            time.sleep(0.2)

    def sent(self, service: str) -> None:
        """Wait until the relay has sent, and noted, all that the service tells."""
        store = self.stores[service]
        while True:
            written, noted = store.reads(
                ("SELECT topic, lane, last AS number FROM lanes WHERE last > 0", ()),
                ("SELECT topic, lane, number FROM relayed", ()),
            )
            told = [row for row in written if row["topic"] in store.service.topics]
            if all(row in noted for row in told):
                return
            time.sleep(0.05)

    def _behind(self, service: str) -> int:
        hears = next(part.hears for part in FOUR if part.name == service)
        return sum(
            row["last"] - position(self.stores[service], sender, topic, row["lane"])
            for sender, topic in hears
            for row in self.stores[sender].rows("SELECT * FROM lanes WHERE topic = ?", (topic,))
        )

    def _until_it_answers(self, name: str) -> None:
        while True:
            if self.running.processes[name].poll() is not None:
                raise RuntimeError(f"the process of {name} has ended")
            try:
                if httpx.get(f"{self.running.services[name]}/openapi.json").is_success:
                    return
            except httpx.TransportError:
                time.sleep(0.02)


@contextmanager
def brought_up(directory: Path, server: str) -> Iterator[Ground]:
    """A new broker on a server that has none of the four databases yet; they stay afterwards."""
    _refuse_what_is_in_use(server)
    with together(directory, server) as running, ExitStack() as closing:
        running.wait_until_they_answer()
        stores = {}
        for part in FOUR:
            where = database_at(running.environments[part.name]["STAFFETTA_POSTGRES"])
            keys = keys_in_file(directory / "keys" / f"{part.name}.keys.sqlite")
            closing.callback(keys.close)
            stores[part.name] = postgres_store(part.service, where, keys)
            closing.callback(stores[part.name].close)
        ground = Ground(running, stores)
        _create_topic(ground.broker)
        yield ground


def _refuse_what_is_in_use(server: str) -> None:
    with psycopg.connect(server) as connection:
        there = {row[0] for row in connection.execute("SELECT datname FROM pg_database")}
    if taken := there & {part.name for part in FOUR}:
        raise SystemExit(f"The server named has databases of these names: {sorted(taken)}.")


def _create_topic(broker: Broker) -> None:
    admin = KafkaAdminClient(**broker.options())
    try:
        lanes = {"num_partitions": LANES, "replication_factor": 1}
        admin.create_topics({BACKLOG_TOPIC: lanes}, wait_for_metadata=True)
    except TopicAlreadyExistsError:
        return
    finally:
        admin.close()
