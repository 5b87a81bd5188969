"""Everything at scale, to be broken: Kafka, a PostgreSQL of its own, four processes, a journal."""

import gc
import time
import warnings
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import httpx

from shared.trust.tokens import Bearer, issue, signing_key
from staffetta.at_scale.joining import bearer_of_file, join_over_http
from staffetta.at_scale.up import Together, one_address, together
from staffetta.demo import NETWORK
from staffetta.four import FOUR
from staffetta.installation import now
from staffetta.network import read_network
from staffetta.serving import listening
from tests.faults.checker.ledger import Ledger, on_postgres, read_ledger
from tests.faults.checker.verdict import Verdict, examine
from tests.faults.load.caller import Token
from tests.faults.load.clients import CLIENTS, clients
from tests.faults.load.journal import Journal
from tests.faults.means import small_disk
from tests.faults.postgres import OwnPostgres, own_postgres
from tests.support.leftovers import own_directory

POSTGRES_MEGABYTES, KAFKA_MEGABYTES = 512, 256
_PATIENCE = 120.0
_HEADS = "SELECT topic, lane, last AS number FROM lanes WHERE last > 0"
_RELAYED = "SELECT topic, lane, number FROM relayed"
_INBOX = "SELECT sender, topic, lane, number FROM inbox"
Positions = set[tuple[str, str, str, int, int]]


@dataclass
class Cluster:
    """`on_small_disks`: whether PostgreSQL and Kafka have a small one each. `journal`: all that was
    ever acknowledged here, whichever test asked for it."""

    together: Together
    postgres: OwnPostgres
    who: Token
    on_small_disks: bool
    journal: Journal = field(default_factory=Journal)

    @contextmanager
    def load(self, number: int = CLIENTS) -> Iterator[Journal]:
        """So many clients at once, each with one small journey after the other."""
        with clients(self.together.services, self.who, self.journal, number) as journal:
            yield journal

    def kill(self, name: str) -> None:
        """SIGKILL to a service's process."""
        process = self.together.processes[name]
        process.kill()
        process.wait()

    def start(self, name: str) -> None:
        """Start a service's process again and wait until it answers."""
        self.together.start(name)
        self.together.wait_until_they_answer()

    def database(self, name: str) -> str:
        """The superuser's connection to a service's database."""
        return f"{self.postgres.url.replace('/postgres?', f'/{name}?')}"

    def caught_up(self) -> float:
        """Wait until all that was written is sent and heard; how many seconds that took."""
        started = time.monotonic()
        while behind := self.behind():
            assert time.monotonic() - started < _PATIENCE, f"never caught up: {sorted(behind)}"
            time.sleep(0.1)
        return time.monotonic() - started

    def behind(self) -> Positions:
        """What is written, and not yet sent or heard: reader, sender, topic, lane, number."""
        written, got = self._positions()
        return written - got

    def ledgers(self) -> list[Ledger]:
        found = []
        for part in FOUR:
            with on_postgres(self.database(part.name)) as ask:
                found.append(read_ledger(part, ask, "postgres"))
        return found

    def verdict(self) -> Verdict:
        """Once all has been heard: what the stores hold against what was acknowledged."""
        seconds = self.caught_up()
        return examine(self.ledgers(), self.journal.read(), seconds)

    def _positions(self) -> tuple[Positions, Positions]:
        written: Positions = set()
        got: Positions = set()
        for part in FOUR:
            with on_postgres(self.database(part.name)) as ask:
                heads, relayed, inbox = ask(_HEADS), ask(_RELAYED), ask(_INBOX)
            for row in heads:
                lane = (row["topic"], row["lane"], row["number"])
                written.add((part.name, part.name, *lane))
                for other in FOUR:
                    if (part.name, row["topic"]) in other.hears:
                        written.add((other.name, part.name, *lane))
            got |= {
                (part.name, part.name, row["topic"], row["lane"], row["number"]) for row in relayed
            }
            got |= {
                (part.name, row["sender"], row["topic"], row["lane"], row["number"])
                for row in inbox
            }
        return written, got


@contextmanager
def cluster(directory: Path) -> Iterator[Cluster]:
    """Bring it up, its network loaded; nothing is left running afterwards."""
    with ExitStack() as undo:
        postgres = undo.enter_context(own_postgres(POSTGRES_MEGABYTES))
        disk = own_directory("staffetta-faults-kafka-")
        (directory / "kafka").symlink_to(disk)
        small = undo.enter_context(small_disk(disk, KAFKA_MEGABYTES))
        postgres.start()
        running = undo.enter_context(together(directory, postgres.url))
        running.wait_until_they_answer()
        made = Cluster(running, postgres, _tokens(directory), small and postgres.small)
        _join(made)
        let_go()
        undo.callback(let_go)
        yield made


def let_go() -> None:
    """kafka-python leaves its transports to the garbage collector, which pytest takes for leaks."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


def _tokens(directory: Path) -> Mapping[str, tuple[str, str]]:
    key = signing_key(directory / "keys" / "token.pem")
    return {
        account.operator: (
            account.organisation,
            issue(
                key,
                Bearer(account.operator, account.organisation, account.roles),
                now(),
                timedelta(hours=8),
            ),
        )
        for account in read_network(NETWORK).accounts
    }


def _join(made: Cluster) -> None:
    network = read_network(NETWORK)
    key = signing_key(made.together.directory / "keys" / "token.pem")
    token = issue(key, bearer_of_file(network), now(), timedelta(minutes=10))
    with (
        one_address(made.together.services, listening(0)) as address,
        httpx.Client(base_url=address, timeout=60) as http,
    ):
        join_over_http(http, network, token)
