"""The store of the service that the environment names."""

import os
import sqlite3
from contextlib import ExitStack

from shared.runtime.store import Store, postgres_store
from shared.trust.kek import NoKek
from shared.trust.keys import KeyFile
from staffetta.at_scale.answering import database_trouble, has_facts
from staffetta.at_scale.environment import Faulty, settings_of
from staffetta.at_scale.settings import StoreSettings
from staffetta.four import FOUR, Part


def part_of(settings: StoreSettings) -> Part:
    return next(part for part in FOUR if part.name == settings.service)


def store_of(settings: StoreSettings, closing: ExitStack) -> Store:
    """The service's store, made in an empty database. `Faulty` where it cannot be had."""
    if trouble := database_trouble(settings.database):
        raise Faulty([("STAFFETTA_POSTGRES", trouble)])
    if not settings.key_file.exists() and has_facts(settings.database):
        # New keys would open nothing of what is there, and nobody would notice at once.
        raise Faulty([("STAFFETTA_KEYS", f"{settings.key_file.name} is gone: restore it")])
    try:
        keys = KeyFile(settings.key_file)
    except (OSError, sqlite3.Error):
        raise Faulty([("STAFFETTA_KEYS", "the key file there cannot be used")]) from None
    except NoKek as missing:
        raise Faulty([("STAFFETTA_KEYS", missing.why)]) from None
    closing.callback(keys.close)
    store = postgres_store(part_of(settings).service, settings.database, keys)
    closing.callback(store.close)
    return store


def named_store(closing: ExitStack) -> Store | None:
    """The store that the environment names, for commands beside its process; None where it names
    none. A key file that is not there is not made: who looks after messages looks at what is."""
    if "STAFFETTA_POSTGRES" not in os.environ:
        return None
    settings = settings_of(StoreSettings)
    if not settings.key_file.exists():
        raise Faulty([("STAFFETTA_KEYS", f"{settings.key_file.name} is not there")])
    return store_of(settings, closing)
