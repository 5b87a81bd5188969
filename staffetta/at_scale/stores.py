"""The store of the service that the environment names, for commands beside its process."""

import os
from contextlib import ExitStack

import typer

from shared.runtime.store import Store, postgres_store
from shared.trust.keys import KeyFile
from staffetta.at_scale.answering import database_trouble
from staffetta.at_scale.environment import demanded
from staffetta.at_scale.settings import StoreSettings
from staffetta.four import FOUR
from staffetta.terminal import wrong


def named_store(closing: ExitStack) -> Store | None:
    """The store that STAFFETTA_SERVICE and STAFFETTA_POSTGRES name; None where they do not.

    What is wrong with them is told, and ends the command. A database or key file that is not
    there yet is not made: who looks after messages looks at what a process has.
    """
    if "STAFFETTA_POSTGRES" not in os.environ:
        return None
    settings = demanded(StoreSettings)
    if trouble := database_trouble(settings.database):
        wrong("STAFFETTA_POSTGRES", trouble)
        raise typer.Exit(2)
    file = settings.key_file
    if not file.exists():
        wrong("STAFFETTA_KEYS", f"{file.name} is not there")
        raise typer.Exit(2)
    part = next(part for part in FOUR if part.name == settings.service)
    keys = KeyFile(file)
    closing.callback(keys.close)
    store = postgres_store(part.service, settings.database, keys)
    closing.callback(store.close)
    return store
