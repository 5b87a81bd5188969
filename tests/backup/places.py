"""One service, `identification`, on each kind of store, with what saves it and brings it back."""

import uuid
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from psycopg.conninfo import make_conninfo
from pydantic import SecretStr

from services.identification.app import SERVICE
from services.identification.contacts.commands import ReportContact
from services.identification.contacts.decide import CONTACTS
from shared.codes import Area, Channel, Role
from shared.runtime.facts import Acting
from shared.runtime.handle import handle
from shared.runtime.recorders import Database
from shared.runtime.store import Row, Store, postgres_store, sqlite_store
from shared.trust.key_file import keys_in_file
from staffetta.at_scale.settings import StoreSettings
from staffetta.backup import at_scale, embedded
from staffetta.backup.manifest import Manifest
from staffetta.installation import now, open_installation
from staffetta.stores import key_file, store_file
from tests.support.places import everything
from tests.support.stores import new_database

NAME = SERVICE.name
# What a restore adds to a store: its own line, and that it is one.
ADDED = {"restores", "audit", "audit_head"}


@dataclass(frozen=True)
class Place:
    """Where the store and its keys are. Picklable: another process can save it too."""

    data: Path
    database: Database | None

    @property
    def keys(self) -> Path:
        return key_file(self.data, NAME)

    def open(self) -> Store:
        keys = keys_in_file(self.keys)
        if self.database is None:
            return sqlite_store(SERVICE, store_file(self.data, NAME), keys)
        return postgres_store(SERVICE, self.database, keys)

    def save(self, directory: Path) -> Manifest:
        if self.database is None:
            return embedded.save(self.data, [NAME], directory)[NAME]
        return at_scale.save(self.settings, directory)

    def bring_back(self, directory: Path) -> None:
        if self.database is None:
            embedded.bring_back(directory, [NAME], self.data)
        else:
            at_scale.bring_back(directory, self.settings)

    @property
    def settings(self) -> StoreSettings:
        assert self.database is not None
        where = self.database
        told = make_conninfo(
            "",
            dbname=where.dbname,
            host=where.host,
            port=where.port,
            user=where.user,
            password=where.password,
        )
        return StoreSettings(service=NAME, postgres=SecretStr(told), keys=self.keys.parent)

    def content(self) -> dict[str, list[Row]]:
        """Every row of every table."""
        store = self.open()
        try:
            return dict(everything(store))
        finally:
            store.close()

    def files(self) -> set[str]:
        return {path.name for path in self.data.rglob("*")}


def new_place(kind: str, directory: Path) -> Place:
    """A place with a new, empty store in it."""
    data = directory / uuid.uuid4().hex[:8]
    open_installation(data).close()
    place = Place(data, new_database() if kind == "postgres" else None)
    place.open().close()
    return place


def report(store: Store, count: int) -> None:
    """So many contacts, each with something sealed."""
    for _ in range(count):
        acting = Acting("op-1", "hotline", now(), frozenset({Role.HOTLINE_OPERATOR}))
        told = ReportContact(
            channel=Channel.HOTLINE,
            received_on=date(2026, 3, 8),
            area=Area.BOLOGNA,
            narrative=SecretStr("Rosa Bianchi, invented"),
        )
        handle(store, CONTACTS, f"contact-{uuid.uuid4().hex}", told, acting)


def filled(place: Place, count: int) -> None:
    store = place.open()
    report(store, count)
    store.close()
