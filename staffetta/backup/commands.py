"""`backup` and `restore`: for the data directory, or for the service that the environment names."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from staffetta.backup import embedded
from staffetta.backup.manifest import Manifest, NotRestorable
from staffetta.backup.measuring import Uneven
from staffetta.backup.saving import Taken
from staffetta.backup.sqlite import InUse
from staffetta.four import FOUR
from staffetta.stores import is_there
from staffetta.terminal import complain, made, say
from staffetta.where import Where

if TYPE_CHECKING:
    from staffetta.at_scale.settings import StoreSettings

NAMES = [part.name for part in FOUR]
_VAR = Path("var")
_KEYS = "Keys are not in it: keep the key files apart (docs/backup.md)."
Service = Annotated[
    str | None,
    typer.Option("--service", metavar="SERVICE", help=f"One of {', '.join(NAMES)}; else all."),
]


def backup(
    directory: Annotated[
        Path, typer.Argument(metavar="DIR", help="A new directory for the backup.")
    ],
    service: Service = None,
    data: Where = None,
) -> None:
    """Save what the services know, while they serve.

    Everything as of one moment, looked through afterwards. Personal data in it stays encrypted,
    and the keys are not in it: somebody whose keys were destroyed does not come back with a
    restore. Keep a copy of the key files apart, and always only the newest.
    """
    names = _names(service)
    with _told():
        if at_scale(data):
            from staffetta.backup import at_scale as one

            settings = _settings(service)
            saved = [one.save(settings, directory)]
        else:
            saved = list(embedded.save(made(data or _VAR), names, directory).values())
    for manifest in saved:
        say(f"{manifest.service}: {_amount(manifest)}, as of {manifest.at}")
    say(f"The backup is in {directory}, and was read again. {_KEYS}")


def restore(
    directory: Annotated[
        Path,
        typer.Argument(
            metavar="DIR", exists=True, file_okay=False, help="The directory that `backup` wrote."
        ),
    ],
    service: Service = None,
    data: Where = None,
) -> None:
    """Put a backup in the place of what is there.

    Stop the services first. The backup is looked through before anything is replaced, and what
    was there is kept beside. A service that starts after this first asks the others what they
    saw of it: where they saw more than the backup knows, it takes no commands until somebody
    decides with `staffetta lost accept`.
    """
    with _told():
        if at_scale(data):
            from staffetta.backup import at_scale as one

            manifest, schema = one.bring_back(directory, _settings(service))
            _restored(manifest, f"schema {schema}" if schema else "")
            return
        where = data or _VAR
        names = _names(service) if service else embedded.saved_in(directory)
        if not names:
            raise NotRestorable(f"{directory} holds no backup")
        if not is_there(where) and len(names) < len(NAMES):
            raise typer.BadParameter(
                "there is no installation there: restore all four services", param_hint="--data"
            )
        for manifest, aside in embedded.bring_back(directory, names, where).values():
            _restored(manifest, str(aside or ""))
    say("Start the services; then see what they lost: staffetta lost list")


def _restored(manifest: Manifest, aside: str) -> None:
    say(f"{manifest.service}: {_amount(manifest)}, as of {manifest.at}")
    if aside:
        say(f"{manifest.service}: what was there is kept in {aside}; remove it when all is well")


def _amount(manifest: Manifest) -> str:
    positions = manifest.positions
    return f"{positions.events} facts, {positions.audit} lines of the audit log"


def _names(service: str | None) -> Sequence[str]:
    if service is not None and service not in NAMES:
        raise typer.BadParameter(f"one of {', '.join(NAMES)}", param_hint="--service")
    return [service] if service else NAMES


def at_scale(data: Path | None) -> bool:
    return data is None and "STAFFETTA_POSTGRES" in os.environ


def _settings(service: str | None) -> "StoreSettings":
    from staffetta.at_scale.environment import demanded, settings_of
    from staffetta.at_scale.settings import StoreSettings

    with demanded():
        settings = settings_of(StoreSettings)
    if service not in (None, settings.service):
        raise typer.BadParameter(
            f"the environment is of {settings.service}", param_hint="--service"
        )
    return settings


@contextmanager
def _told() -> Iterator[None]:
    """What a backup or restore refuses, in words: nothing was changed then."""
    try:
        yield
    except NotRestorable as refused:
        complain(f"Not restored: {refused}.")
    except Uneven as wrong:
        complain(f"No backup was made: the store contradicts itself: {wrong}.")
    except InUse:
        complain("Not restored: a service has this store open. Stop it first.")
    except Taken:
        raise typer.BadParameter(
            "something is there already: name a new directory", param_hint="DIR"
        ) from None
    else:
        return
    raise typer.Exit(1)
