"""The default, all four services in one process, served under a load while a fault is inflicted."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from shared.trust.tokens import issue
from staffetta.accounts import bearer_of
from staffetta.at_scale.kafka import free_port
from staffetta.demo import NETWORK
from staffetta.four import FOUR
from staffetta.installation import now, open_installation
from staffetta.joining import join
from staffetta.network import Network, read_network
from tests.faults.checker.ledger import on_sqlite, read_ledger
from tests.faults.checker.verdict import Verdict, examine
from tests.faults.load.caller import Token
from tests.faults.load.clients import clients
from tests.faults.load.journal import Journal
from tests.faults.reading import unheard
from tests.staffetta.processes import Started, started

_PATIENCE = 60.0


@dataclass
class Served:
    """An installation's directory, on one port, whichever process serves it."""

    data: Path
    who: Token
    port: int = field(default_factory=free_port)
    journal: Journal = field(default_factory=Journal)

    @contextmanager
    def process(self, under: Sequence[str] = ()) -> Iterator[Started]:
        """`staffetta serve`, under something else where that is said, until it is stopped."""
        words = ("serve", "--port", str(self.port), "--data", self.data)
        with started(*words, under=under) as running:
            running.wait_for("Serving at")
            yield running
            assert running.stop().code == 0

    @contextmanager
    def load(self) -> Iterator[Journal]:
        address = f"http://127.0.0.1:{self.port}"
        services = {part.name: f"{address}/{part.name}" for part in FOUR}
        with clients(services, self.who, self.journal) as journal:
            yield journal

    def caught_up(self) -> float:
        """Wait, while it is served, until everything is heard; how many seconds that took."""
        started_at = time.monotonic()
        while behind := list(unheard(self.data)):
            assert time.monotonic() - started_at < _PATIENCE, f"never caught up: {behind}"
            time.sleep(0.1)
        return time.monotonic() - started_at

    def verdict(self, caught_up_after: float) -> Verdict:
        """Once it is served no more."""
        ledgers = []
        for part in FOUR:
            with on_sqlite(self.data / f"{part.name}.sqlite") as ask:
                ledgers.append(read_ledger(part, ask, "sqlite"))
        return examine(ledgers, self.journal.read(), caught_up_after)


def to_be_served(data: Path, *, answer_within_hours: int | None = None) -> Served:
    """A new installation with its network, in which everybody has so long to answer, if it is said;
    its tokens are good two days either way."""
    installation = open_installation(data)
    network = read_network(NETWORK)
    join(
        installation,
        network if answer_within_hours is None else _slower(network, answer_within_hours),
    )
    who: Mapping[str, tuple[str, str]] = {
        account.operator: (
            account.organisation,
            issue(
                installation.key,
                bearer_of(data, account.operator),
                now() - timedelta(days=2),
                timedelta(days=4),
            ),
        )
        for account in network.accounts
    }
    installation.close()
    return Served(data, who)


def _slower(network: Network, hours: int) -> Network:
    organisations = tuple(
        each.model_copy(
            update={
                "services": tuple(
                    offer.model_copy(update={"answer_within_hours": hours})
                    for offer in each.services
                )
            }
        )
        for each in network.organisations
    )
    return network.model_copy(update={"organisations": organisations})
