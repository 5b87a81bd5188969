"""The four services on one kind of store, so that they can be closed, killed and opened again."""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from psycopg.conninfo import make_conninfo
from pydantic import SecretStr

from shared.runtime.recorders import Database
from shared.runtime.store import postgres_store
from shared.runtime.timers import fire_due
from shared.trust.key_file import keys_in_file
from staffetta.at_scale.settings import StoreSettings
from staffetta.backup import at_scale, embedded
from staffetta.four import FOUR
from staffetta.installation import Installation, fresh, now, open_installation, settle
from staffetta.stores import access_in, key_file, token_key_in
from tests.support.stores import new_database

NAMES = [part.name for part in FOUR]


@dataclass(frozen=True)
class FourStores:
    """Picklable: another process can open them too."""

    data: Path
    databases: Mapping[str, Database]

    @contextmanager
    def opened(self) -> Iterator[Installation]:
        """As an installation opens: others are asked, and who was erased is erased again."""
        installation = self._on_postgres() if self.databases else open_installation(self.data)
        try:
            yield installation
        finally:
            installation.close()

    def _on_postgres(self) -> Installation:
        closing, stores = ExitStack(), {}
        (self.data / "keys").mkdir(parents=True, exist_ok=True)
        for part in FOUR:
            keys = keys_in_file(key_file(self.data, part.name))
            closing.callback(keys.close)
            store = postgres_store(part.service, self.databases[part.name], keys)
            closing.callback(store.close)
            stores[part.name] = store
        key, access = token_key_in(self.data), access_in(self.data, closing)
        installation = Installation(self.data, stores, key, access, closing)
        for name in stores:
            installation.watch(name).look()
            installation.forget_again(name)
        return installation

    def save(self, directory: Path) -> None:
        if not self.databases:
            embedded.save(self.data, NAMES, directory)
            return
        for name in NAMES:
            at_scale.save(self._settings(name), directory / name)

    def bring_back(self, directory: Path, *names: str) -> None:
        if not self.databases:
            embedded.bring_back(directory, names, self.data)
            return
        for name in names:
            at_scale.bring_back(directory / name, self._settings(name))

    def _settings(self, name: str) -> StoreSettings:
        told = make_conninfo("", **vars(self.databases[name]))
        return StoreSettings(
            service=name,
            postgres=SecretStr(told),
            keys=self.data / "keys",
        )


def four_stores(kind: str, directory: Path) -> FourStores:
    data = directory / uuid.uuid4().hex[:8]
    on_postgres = {name: new_database() for name in NAMES} if kind == "postgres" else {}
    return FourStores(data, on_postgres)


def over(installation: Installation) -> None:
    """All timers that are due, and all that anybody has still to hear, until nothing is left."""
    fired = 1
    while fired:
        settle(installation)
        fired = sum(fire_due(store, now(), fresh) for store in installation.stores.values())
