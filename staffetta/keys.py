"""`staffetta keys`: what the keys of persons are wrapped under, a new version, a new passphrase."""

from collections.abc import Iterator
from typing import Annotated

import typer

from services.identification.duplicates.blinding import SECRET
from shared.runtime.rebuild import rebuild
from shared.trust.key_store import KeyStore
from shared.trust.keys import KeyLingers
from staffetta.four import FOUR
from staffetta.moving_keys import move
from staffetta.passphrase import passphrase
from staffetta.progress import progress
from staffetta.terminal import complain, say
from staffetta.where import Where, stores_there

keys = typer.Typer(help="Look after the keys that keys are wrapped under.", no_args_is_help=True)
keys.command()(passphrase)
keys.command()(move)
NAMES = [part.name for part in FOUR]
OF_LIKENESSES = "identification"
Service = Annotated[
    str | None,
    typer.Argument(metavar="SERVICE", help=f"One of {', '.join(NAMES)}; else all there are."),
]


@keys.command()
def status(data: Where = None) -> None:
    """Say how many keys of each service are wrapped under which version."""
    for name, store in _key_stores(data, None):
        counted = sorted(store.wrapped_under().items())
        told = ", ".join(f"version {version}: {number} keys" for version, number in counted)
        say(f"{name}: {told}")


@keys.command()
def rotate(service: Service = None, data: Where = None) -> None:
    """Wrap all keys under a new version of the key-encryption key.

    The log stays as it is, and the services can go on serving. Where it was interrupted, the same
    command goes on. The old version is forgotten when nothing is wrapped under it. Afterwards copy
    the keys again, and destroy the copy before: it does not open any more.
    """
    lingering = False
    for name, store in _key_stores(data, service):
        try:
            with progress(name) as show:
                version = store.rotate(show)
        except KeyLingers:
            complain(f"{name}: somebody reads the key file all the time: do it again")
            lingering = True
            continue
        say(f"{name}: all keys are wrapped under version {version}")
    if lingering:
        raise typer.Exit(1)


@keys.command("renew-likenesses")
def renew_likenesses(data: Where = None) -> None:
    """Make another key for what names and telephones are found by, and find all of it anew.

    The log stays as it is, and the services can go on serving. Until it is done a search may find
    nobody; where it was interrupted, do it again.
    """
    with stores_there(data) as stores:
        store = stores.get(OF_LIKENESSES)
        if store is None or not isinstance(store.keys, KeyStore):
            raise typer.BadParameter(f"{OF_LIKENESSES} is not here", param_hint="--data")
        store.keys.renew(SECRET)
        with progress(OF_LIKENESSES) as show:
            read = rebuild(store, show)
    say(f"{OF_LIKENESSES}: likenesses found anew in {read} events")


def _key_stores(data: Where, only: str | None) -> Iterator[tuple[str, KeyStore]]:
    if only is not None and only not in NAMES:
        raise typer.BadParameter(f"one of {', '.join(NAMES)}", param_hint="SERVICE")
    with stores_there(data) as stores:
        if only is not None and only not in stores:
            raise typer.BadParameter("another service's environment", param_hint="SERVICE")
        for name, store in stores.items():
            if only in (None, name) and isinstance(store.keys, KeyStore):
                yield name, store.keys
