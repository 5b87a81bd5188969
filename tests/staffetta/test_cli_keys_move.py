"""`staffetta keys move`: what was sealed opens in the new place; wrong use is told in words."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from psycopg.conninfo import make_conninfo
from pydantic import SecretStr

from services.identification.app import SERVICE
from services.identification.contacts.commands import ReportContact
from services.identification.contacts.decide import CONTACTS
from services.identification.contacts.events import ContactReported
from shared.codes import Area, Channel, Role
from shared.runtime.facts import Acting
from shared.runtime.handle import handle
from shared.runtime.recorders import Database
from shared.runtime.store import Store, postgres_store
from shared.trust.key_file import keys_in_file
from shared.trust.key_table import keys_in_table
from shared.trust.keys import Keys
from shared.trust.protected import Place, open_field
from shared.trust.sealed_kek import embedded_kek
from tests.staffetta.processes import staffetta
from tests.support.stores import new_database

STREAM, TOLD = "contact-1", "Invented: she waits at the station."
FILE = "identification.keys.sqlite"


@pytest.fixture
def database() -> Database:
    return new_database()


@pytest.fixture
def old(tmp_path: Path, database: Database, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory of the keys until now, under which one contact was sealed; and the environment
    of the service, in which the keys are to be in another directory from now on."""
    keys = keys_in_file(tmp_path / "old" / FILE)
    store = postgres_store(SERVICE, database, keys)
    by = Acting("op-1", "desk", datetime.now(UTC), frozenset({Role.HOTLINE_OPERATOR}), "1")
    told = ReportContact(
        channel=Channel.HOTLINE,
        received_on=date(2022, 4, 1),
        area=Area.BOLOGNA,
        language="it",
        narrative=SecretStr(TOLD),
    )
    handle(store, CONTACTS, STREAM, told, by)
    assert opened(store, keys) == TOLD
    store.close()
    keys.close()
    environment = {
        "SERVICE": "identification",
        "POSTGRES": make_conninfo(**vars(database)),
        "KEYS": str(tmp_path / "new"),
    }
    for name, value in environment.items():
        monkeypatch.setenv(f"STAFFETTA_{name}", value)
    return tmp_path / "old"


def opened(store: Store, keys: Keys) -> str:
    (stored,) = store.events(STREAM)
    recorded = store.service.names.recorded(stored)
    assert isinstance(recorded.event, ContactReported)
    place = Place("identification", STREAM, 1, recorded.event.stored_name)
    return open_field(recorded.event, "narrative", place, keys)


def test_from_a_file_to_a_database_and_told_the_same_again(
    old: Path, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = make_conninfo("", **vars(new_database()))
    monkeypatch.setenv("STAFFETTA_KEY_DATABASE", table)
    moved = staffetta("keys", "move", old)
    assert moved.code == 0, moved.err
    assert "identification: 1 keys are moved. Destroy the old directory" in moved.out
    again = staffetta("keys", "move", old)
    assert (again.code, "moved before" in again.out) == (0, True), again.err
    told = staffetta("keys", "status")
    assert "identification: version 1: 2 keys" in told.out, told.err
    sealed = tmp_path / "new" / FILE
    keys = keys_in_table(table, "identification", lambda make: embedded_kek(sealed, make=make))
    store = postgres_store(SERVICE, database, keys)
    assert opened(store, keys) == TOLD
    store.close()
    keys.close()


def test_who_starts_from_the_old_place_is_told_where_to_look(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert staffetta("keys", "move", old).code == 0
    monkeypatch.setenv("STAFFETTA_KEYS", str(old))
    told = staffetta("keys", "status")
    assert told.code == 2
    assert "its keys were moved to another place: name that one" in told.err


def test_moved_before_to_another_place_than_the_one_that_is_named(
    old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert staffetta("keys", "move", old).code == 0
    monkeypatch.setenv("STAFFETTA_KEYS", str(tmp_path / "third"))
    told = staffetta("keys", "move", old)
    assert told.code == 2
    assert "name the place that they were moved to" in told.err


def wrong_directory(old: Path) -> Path:
    return old.parent


def no_key_file(old: Path) -> Path:
    (old / FILE).write_bytes(json.dumps({"not": "a database"}).encode() * 100)
    return old


def no_passphrase(old: Path) -> Path:
    (old / "passphrase").unlink()
    return old


def other_passphrase(old: Path) -> Path:
    (old / "passphrase").write_text("another horse")
    return old


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (wrong_directory, f"{FILE} is not there"),
        (no_key_file, "is no key file, or is damaged"),
        (no_passphrase, "restore the file `passphrase`"),
        (other_passphrase, "the passphrase is not the one"),
    ],
)
def test_wrong_use_is_told_in_words(old: Path, wrong: object, words: str) -> None:
    assert callable(wrong)
    told = staffetta("keys", "move", wrong(old))
    assert told.code == 2, told.err
    assert words in " ".join(told.err.replace("│", " ").split())
    assert "Traceback" not in told.err


def test_the_same_place_is_no_new_one(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAFFETTA_KEYS", str(old))
    told = staffetta("keys", "move", old)
    assert told.code == 2
    assert "name the new place" in told.err


def test_without_an_environment_it_says_what_must_be_set(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SERVICE", "POSTGRES", "KEYS"):
        monkeypatch.delenv(f"STAFFETTA_{name}")
    told = staffetta("keys", "move", old)
    assert told.code == 2
    assert "STAFFETTA_SERVICE: must be set" in told.err


def test_a_place_in_use_stops_it_and_the_file_keeps_its_keys(old: Path, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    other = keys_in_file(tmp_path / "new" / FILE)
    other.key_for("contact-9", "narrative")
    other.close()
    told = staffetta("keys", "move", old)
    assert told.code == 1
    assert "nothing was moved: the new place holds other keys already" in told.err
    keys = keys_in_file(old / FILE)
    assert keys.known_key(STREAM, "narrative")
    keys.close()
