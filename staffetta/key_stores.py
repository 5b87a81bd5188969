"""The keys of an installation's file, under the key-encryption keys that the environment names."""

import os
from pathlib import Path

from shared.trust.kek import Kek, KekOf, NoKek
from shared.trust.key_file import keys_in_file
from shared.trust.key_store import KeyStore


def embedded_keys(file: Path) -> KeyStore:
    """The keys in a file. Raises `NoKek`."""
    return keys_in_file(file, _named_kek(file))


def _named_kek(file: Path) -> KekOf | None:
    """None: the sealed file beside it, as ever. Settings take their time to load, and are looked
    at only where the environment can hold any."""
    secrets = os.environ.get("STAFFETTA_SECRETS")
    if not secrets and "STAFFETTA_KEK" not in os.environ:
        return None
    from pydantic import ValidationError  # noqa: PLC0415  # as above

    from staffetta.kek_settings import KekSettings, kek_of  # noqa: PLC0415  # as above

    try:
        settings = KekSettings(_secrets_dir=secrets)
    except ValidationError:
        raise NoKek("STAFFETTA_KEK must be file, pkcs11 or transit") from None

    def found(make: bool) -> Kek:
        return kek_of(settings, file.name.partition(".")[0], file, make=make)

    return found
