"""The keys of the service that the environment names: in a file, or in a database of their own."""

import sqlite3

from shared.trust.kek import Kek, KekOf, OutOfReach
from shared.trust.key_file import keys_in_file
from shared.trust.key_store import KeyStore
from shared.trust.key_table import NoKeyTable, holds_keys, keys_in_table
from staffetta.at_scale.environment import Faulty
from staffetta.at_scale.settings import StoreSettings
from staffetta.kek_settings import kek_of


def keys_of(settings: StoreSettings) -> KeyStore:
    """The keys, made at first use. `Faulty` where they cannot be had."""

    def named(make: bool) -> Kek:
        file = settings.key_file if settings.keys else None
        return kek_of(settings, settings.service, file, make=make)

    return keys_under(settings, named)


def keys_under(settings: StoreSettings, kek: KekOf) -> KeyStore:
    """The keys, under key-encryption keys that are not the environment's to find."""
    table = settings.key_database
    try:
        if table is not None:
            return keys_in_table(table.get_secret_value(), settings.service, kek)
        return keys_in_file(settings.key_file, kek)
    except (OSError, sqlite3.Error):
        raise Faulty([("STAFFETTA_KEYS", "the key file there cannot be used")]) from None
    except NoKeyTable as away:
        raise Faulty([("STAFFETTA_KEY_DATABASE", away.why)]) from None
    except OutOfReach as missing:
        raise Faulty([(_kek_setting(settings), missing.why)]) from None


def gone(settings: StoreSettings, why: str) -> Faulty | None:
    """What to say where no keys are there. Nothing is made by looking."""
    if settings.key_database is None:
        if settings.key_file.exists():
            return None
        return Faulty([("STAFFETTA_KEYS", f"{settings.key_file.name} {why}")])
    try:
        if holds_keys(settings.key_database.get_secret_value(), settings.service):
            return None
    except NoKeyTable as away:
        return Faulty([("STAFFETTA_KEY_DATABASE", away.why)])
    return Faulty([("STAFFETTA_KEY_DATABASE", f"the table of its keys {why}")])


def _kek_setting(settings: StoreSettings) -> str:
    return "STAFFETTA_KEYS" if settings.kek == "file" else "STAFFETTA_KEK"
