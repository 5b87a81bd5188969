"""The same load on the embedded default, or on PostgreSQL without a broker: what `serve` runs."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from psycopg.conninfo import make_conninfo

from shared.trust.tokens import signing_key
from staffetta.accounts import bearer_of
from staffetta.demo import NETWORK
from staffetta.four import FOUR, Part
from staffetta.installation import Installation, running, settle
from staffetta.joining import join
from staffetta.network import read_network
from staffetta.serving import listening, served
from staffetta.stores import access_in
from tests.faults.checker.ledger import Ask, Ledger, on_postgres, on_sqlite, read_ledger
from tests.faults.load.clients import clients
from tests.faults.load.journal import Journal
from tests.support.places import StorePlace, new_place


@dataclass(frozen=True)
class Embedded:
    """Four stores of one kind, after a load."""

    kind: str
    places: dict[str, StorePlace]
    journal: Journal

    @contextmanager
    def asking(self, part: Part) -> Iterator[Ask]:
        place = self.places[part.name]
        if place.database is None:
            with on_sqlite(place.directory / f"{part.name}.sqlite") as ask:
                yield ask
            return
        told = {name: value for name, value in vars(place.database).items() if value}
        with on_postgres(make_conninfo(**told)) as ask:
            yield ask

    def ledger(self, part: Part) -> Ledger:
        with self.asking(part) as ask:
            return read_ledger(part, ask, self.kind)


def loaded(
    kind: str,
    directory: Path,
    commands: int,
    meanwhile: Callable[[Journal], None] = lambda _journal: None,
) -> Embedded:
    """Stores in which so many commands of the load were acknowledged, and heard by everybody.

    `meanwhile` is done under the load, before the last of those commands are waited for.
    """
    places = {part.name: new_place(kind, directory) for part in FOUR}
    journal = Journal()
    with ExitStack() as closing:
        stores = {part.name: places[part.name].open(part.service) for part in FOUR}
        for store in stores.values():
            closing.callback(store.close)
        key = signing_key(directory / "token.pem")
        installation = Installation(directory, stores, key, access_in(directory, closing), closing)
        network = read_network(NETWORK)
        join(installation, network)
        who = {
            account.operator: (
                bearer_of(directory, account.operator).organisation,
                installation.token(account.operator, timedelta(hours=1)),
            )
            for account in network.accounts
        }
        with running(installation), served(installation, listening(0)) as address:
            services = {part.name: f"{address}/{part.name}" for part in FOUR}
            with clients(services, who, journal):
                meanwhile(journal)
                journal.wait_for_more(commands)
        settle(installation)
    return Embedded(kind, places, journal)
