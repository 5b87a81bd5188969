"""Where keys stand, and what they are wrapped under: each kind, to be opened again and again."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from psycopg.conninfo import make_conninfo

from shared.trust.kek import Kek
from shared.trust.key_file import keys_in_file
from shared.trust.key_store import KeyStore
from shared.trust.key_table import keys_in_table
from shared.trust.pkcs11_kek import pkcs11_kek, token_at
from shared.trust.sealed_kek import sealed_kek
from shared.trust.transit_kek import Transit, transit_kek
from tests.support.softhsm import SoftToken, new_token
from tests.support.stores import new_database
from tests.support.transit import TransitPlace, transit_server

KEKS = ("file", "pkcs11", "transit")
SHELVES = ("file", "table")
SECRET = b"correct horse battery staple"
KekPlace = Path | SoftToken | TransitPlace


def kek_in(place: KekPlace, *, make: bool = True) -> Kek:
    match place:
        case Path():
            return sealed_kek(place, SECRET, chosen=False, make=make)
        case SoftToken():
            place.named()
            token = token_at(place.library, place.label, place.pin)
            return pkcs11_kek(token, "identification", make=make)
        case TransitPlace():
            where = Transit(place.address, lambda: place.token)
            return transit_kek(where, place.service, make=make)


@contextmanager
def kek_place(kind: str, directory: Path) -> Iterator[KekPlace]:
    """A place of that kind, in which no key was made yet."""
    match kind:
        case "file":
            yield directory / f"{uuid.uuid4().hex[:8]}.kek"
        case "pkcs11":
            yield new_token(directory)
        case _:
            with transit_server() as place:
                yield place


@dataclass(frozen=True)
class KeyPlace:
    """Picklable: another process can open the same keys. `shelf`: a file, or a database."""

    kek: KekPlace
    shelf: Path | str

    def open(self) -> KeyStore:
        def kek_of(make: bool) -> Kek:
            return kek_in(self.kek, make=make)

        if isinstance(self.shelf, Path):
            return keys_in_file(self.shelf, kek_of)
        return keys_in_table(self.shelf, "identification", kek_of)


def new_shelf(kind: str, directory: Path) -> Path | str:
    if kind == "file":
        return directory / uuid.uuid4().hex[:8] / "identification.keys.sqlite"
    return make_conninfo("", **vars(new_database()))
