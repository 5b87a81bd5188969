"""Where a store lives, so that a test can close it and open it again, or look into all of it."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from shared.runtime.recorders import Database
from shared.runtime.store import Row, Service, Store, postgres_store, sqlite_store
from shared.trust.key_file import keys_in_file
from tests.support.stores import new_database

_TABLES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name",
    "postgres": "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1",
}


@dataclass(frozen=True)
class StorePlace:
    """A directory, and for PostgreSQL a database. Picklable: another process can open it too."""

    kind: str
    directory: Path
    database: Database | None

    def open(self, service: Service) -> Store:
        keys = keys_in_file(self.directory / f"{service.name}.keys.sqlite")
        if self.database is None:
            return sqlite_store(service, self.directory / f"{service.name}.sqlite", keys)
        return postgres_store(service, self.database, keys)


def new_place(kind: str, directory: Path) -> StorePlace:
    """A place of its own, even twice within one directory."""
    own = directory / uuid.uuid4().hex[:8]
    own.mkdir()
    return StorePlace(kind, own, new_database() if kind == "postgres" else None)


def everything(store: Store) -> Mapping[str, list[Row]]:
    """Every row of every table, as the database itself lists them."""
    tables = store.rows(_TABLES["postgres" if store.on_postgres else "sqlite"])
    return {table["name"]: _rows(store, table["name"]) for table in tables}


def read_tables(store: Store) -> Mapping[str, list[Row]]:
    return {table.name: _rows(store, table.name) for table in store.service.tables}


def _rows(store: Store, table: str) -> list[Row]:
    return sorted(store.rows(f"SELECT * FROM {table}"), key=repr)  # noqa: S608  # a declared name
