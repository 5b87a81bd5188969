"""`staffetta keys move`: the keys of a file to where the environment names them from now on."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from shared.trust.kek import OutOfReach
from shared.trust.key_file import MovedAway, keys_in_file
from shared.trust.key_moving import DoesNotOpen, NotEmpty
from shared.trust.key_moving import move as move_all
from shared.trust.key_store import KeyStore
from shared.trust.keys import KeyLingers
from staffetta.progress import progress
from staffetta.terminal import complain, say

Directory = Annotated[
    Path, typer.Argument(metavar="DIR", help="The directory that holds the key file until now.")
]


def move(directory: Directory) -> None:
    """Move the keys of one service from a file to where the environment names them.

    Stop the service first. Set STAFFETTA_SERVICE and the others as the service is to be started
    from now on: STAFFETTA_KEY_DATABASE for a database, STAFFETTA_KEK for a token or a server,
    STAFFETTA_KEYS for another directory. DIR has the key file, its .kek, and the passphrase where
    nobody chose one. Every key is opened in the new place before the file gives it up; where it
    was interrupted, do it again. Afterwards destroy DIR and every copy of it.
    """
    # What runs at scale stands on Kafka's client, which the other commands do not wait for.
    from staffetta.at_scale.environment import Faulty, demanded, settings_of  # noqa: PLC0415
    from staffetta.at_scale.keys import gone, keys_of  # noqa: PLC0415
    from staffetta.at_scale.settings import StoreSettings  # noqa: PLC0415

    with demanded():
        settings = settings_of(StoreSettings)
        file = directory / f"{settings.service}.keys.sqlite"
        same = settings.key_database is None and settings.key_file.absolute() == file.absolute()
        if same:
            new = "name the new place: another directory, or STAFFETTA_KEY_DATABASE"
            raise Faulty([("STAFFETTA_KEYS", f"is where the keys are now; {new}")])
        old = _old(file, settings.service)
        if old is None:
            missing = gone(settings, "does not hold them: name the place that they were moved to")
            if missing:
                raise missing
            say(f"{settings.service}: the keys were moved before, and are where they should be")
            return
        with closing(old), closing(keys_of(settings)) as new_place:
            _moved(old, new_place, settings.service)


def _old(file: Path, service: str) -> KeyStore | None:
    """The keys of the file; None where it gave them up before."""
    if not file.is_file():
        raise typer.BadParameter(f"{file.name} is not there", param_hint="DIR")
    try:
        return keys_in_file(file)
    except MovedAway:
        return None
    except OutOfReach as missing:
        raise typer.BadParameter(f"{service}: {missing.why}", param_hint="DIR") from None
    except sqlite3.Error:
        why = f"{file.name} is no key file, or is damaged: restore it"
        raise typer.BadParameter(why, param_hint="DIR") from None
    except KeyLingers:
        complain(f"{service}: all is moved, and somebody reads the old file: stop it, and again")
        raise typer.Exit(1) from None


def _moved(old: KeyStore, new: KeyStore, service: str) -> None:
    try:
        with progress(service) as show:
            count = move_all(old, new, show)
    except NotEmpty:
        told = "the new place holds other keys already; name one that is empty"
    except DoesNotOpen:
        told = "a key does not open, in the file or where it was moved to; restore the file"
    except OutOfReach as away:
        told = f"{away.why}; do it again when it answers"
    except KeyLingers:
        told = ""
    else:
        say(f"{service}: {count} keys are moved. Destroy the old directory, and copies of it.")
        return
    if told:
        complain(f"{service}: nothing was moved: {told}")
    else:
        complain(f"{service}: all is moved, and somebody reads the old file: stop it, and again")
    raise typer.Exit(1)
