"""`staffetta keys passphrase`: another passphrase for the sealed files of key-encryption keys."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import typer

from shared.trust.kek import Kek, KekOf, NoKek
from shared.trust.key_file import keys_in_file
from shared.trust.key_store import KeyStore
from shared.trust.sealed_kek import PASSPHRASE, SealedKek, kek_file, made_passphrase
from staffetta.four import FOUR
from staffetta.stores import key_file
from staffetta.terminal import complain, made, say
from staffetta.where import Where

# NIST SP 800-63B-4, 3.1.1.2: a password that alone protects something.
LEAST_LETTERS = 15
Opening = Callable[[KekOf], KeyStore]
Sealed = tuple[str, Path, Opening]


def passphrase(data: Where = None) -> None:
    """Change the passphrase that opens the key-encryption keys.

    The old one is asked for, unless it was made at random and stands in the file `passphrase`
    beside the keys; then the new one, twice. Where standard input is no terminal, each is a line
    of it, once. Whenever it is interrupted, each service's file has the old one or the new one,
    and the same command goes on. Afterwards start the services again with the new one in
    STAFFETTA_KEY_PASSPHRASE, copy the key directory again, and destroy the copy before.
    """
    files = list(_sealed_files(data))
    first = made_passphrase(files[0][1])
    from_file = first.exists() and not os.environ.get(PASSPHRASE)
    old = first.read_text().strip() if from_file else _asked("The passphrase until now")
    new = _asked("The new passphrase", again=True)
    if len(new) < LEAST_LETTERS:
        complain(f"Nothing was changed: a passphrase has {LEAST_LETTERS} letters or more.")
        raise typer.Exit(1)
    failed = [name for name, kek, opening in files if not _changed(name, kek, opening, old, new)]
    if failed:
        raise typer.Exit(1)
    if all(_opens(kek, new) for kek in first.parent.glob("*.kek")):
        first.unlink(missing_ok=True)


def _changed(name: str, kek: Path, opening: Opening, old: str, new: str) -> bool:
    try:
        sealed = SealedKek(kek, old.encode())
    except NoKek as refused:
        if _opens(kek, new):
            say(f"{name}: has the new passphrase already")
            return True
        complain(f"{name}: {refused.why}")
        return False
    # Within the keys' own transaction: nobody rotates meanwhile.
    with closing(opening(_always(sealed))) as keys, keys.writing():
        sealed.seal_under(new.encode())
    say(f"{name}: has the new passphrase")
    return True


def _always(kek: Kek) -> KekOf:
    return lambda _make: kek


def _opens(kek: Path, passphrase: str) -> bool:
    try:
        SealedKek(kek, passphrase.encode())
    except NoKek:
        return False
    return True


def _asked(what: str, *, again: bool = False) -> str:
    if sys.stdin.isatty():
        told: str = typer.prompt(what, hide_input=True, confirmation_prompt=again, err=True)
        return told
    return sys.stdin.readline().rstrip("\r\n")


def _sealed_files(data: Path | None) -> Iterator[Sealed]:
    if data is None and "STAFFETTA_POSTGRES" in os.environ:
        yield _of_the_environment()
        return
    directory = made(data or Path("var"))
    for part in FOUR:
        file = key_file(directory, part.name)
        yield part.name, kek_file(file), _opening(file)


def _opening(file: Path) -> Opening:
    return lambda kek_of: keys_in_file(file, kek_of)


def _of_the_environment() -> Sealed:
    # What runs at scale stands on Kafka's client, which the other commands do not wait for.
    from staffetta.at_scale.environment import Faulty, demanded, settings_of  # noqa: PLC0415
    from staffetta.at_scale.keys import keys_under  # noqa: PLC0415
    from staffetta.at_scale.settings import StoreSettings  # noqa: PLC0415

    with demanded():
        settings = settings_of(StoreSettings)
        kek = kek_file(settings.key_file)
        if settings.kek != "file" or not kek.exists():
            raise Faulty([("STAFFETTA_KEK", "there is no sealed file here that has a passphrase")])
    return settings.service, kek, lambda kek_of: keys_under(settings, kek_of)
