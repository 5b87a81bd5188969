"""The store of the service that the environment names."""

import os
from contextlib import ExitStack

from shared.runtime.store import Store, postgres_store
from staffetta.at_scale.answering import database_trouble, has_facts
from staffetta.at_scale.environment import Faulty, settings_of
from staffetta.at_scale.keys import gone, keys_of
from staffetta.at_scale.settings import StoreSettings
from staffetta.four import FOUR, Part


def part_of(settings: StoreSettings) -> Part:
    return next(part for part in FOUR if part.name == settings.service)


def store_of(settings: StoreSettings, closing: ExitStack) -> Store:
    """The service's store, made in an empty database. `Faulty` where it cannot be had."""
    if trouble := database_trouble(settings.database):
        raise Faulty([("STAFFETTA_POSTGRES", trouble)])
    if has_facts(settings.database) and (lost := gone(settings, "is gone: restore it")):
        # New keys would open nothing of what is there, and nobody would notice at once.
        raise lost
    keys = keys_of(settings)
    closing.callback(keys.close)
    store = postgres_store(part_of(settings).service, settings.database, keys)
    closing.callback(store.close)
    return store


def named_store(closing: ExitStack) -> Store | None:
    """The store that the environment names, for commands beside its process; None where it names
    none. Keys that are not there are not made: who looks after messages looks at what is."""
    if "STAFFETTA_POSTGRES" not in os.environ:
        return None
    settings = settings_of(StoreSettings)
    if absent := gone(settings, "is not there"):
        raise absent
    return store_of(settings, closing)
