"""What protection costs: a command that seals and is logged, against the same one that is neither.

Both go all the way, key looked up, decided, appended, answered, and each append is on the disk
before the next begins. The one that is not protected carries text of the length that the sealed one
has, and leaves out the audit log: no hash, no row, no head.
"""

import base64
import os
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from psycopg.conninfo import make_conninfo
from pydantic import SecretStr

from services.identification.app import SERVICE
from services.identification.contacts.decide import CONTACTS
from shared.runtime import append, work
from shared.runtime.facts import Fact
from shared.runtime.handle import handle
from shared.runtime.store import Store, postgres_store
from shared.trust.key_store import KeyStore
from shared.trust.key_table import keys_in_table
from shared.trust.keys import Keys
from shared.trust.protected import Narrative, Place, Protected
from shared.trust.sealed_kek import embedded_kek
from tests.benchmarks import asked
from tests.benchmarks.figures import Figure
from tests.benchmarks.rounds import Contender, Effort, Spread, compete
from tests.support.stores import new_database, open_store

AIM = 1.25
BARE, LATER, FIRST = "neither sealed nor logged", "a person's later event", "a person's first event"
LOGGED, SEALED = "logged alone", "sealed alone, a later event"
_IN_TABLE = ", keys in a database of their own"
_AT_MOST_EACH = 200
_BEYOND_ITS_TEXT = 32 + 12 + 32 + 16  # salt, nonce, commitment and tag of a sealed field


def protection(kind: str, directory: Path, effort: Effort) -> Iterator[Figure]:
    """The time of a command as a multiple of the same one unprotected, round by round.

    A first event also makes the person's key durable, in a file or database of its own, before
    anything is sealed with it: one more commit, which no unprotected command has. It is above the
    aim and is shown beside it (decision 24).
    """
    effort = replace(effort, each=min(effort.each, _AT_MOST_EACH))
    commands = (effort.rounds + 1) * effort.each
    store = open_store(kind, SERVICE, directory)
    bare, logged, sealed = (
        Contender(BARE, _without(_first(store), "sealing", "logging")),
        Contender(LOGGED, _without(_first(store), "sealing")),
        Contender(SEALED, _without(_later(store, commands), "logging")),
    )
    contenders = [Contender(LATER, _later(store, commands)), Contender(FIRST, _first(store))]
    others = [_with_key_table(directory)] if kind == "postgres" else []
    for other in others:
        contenders.append(Contender(LATER + _IN_TABLE, _later(other, commands)))
        contenders.append(Contender(FIRST + _IN_TABLE, _first(other)))
    rates = compete([bare, logged, sealed, *contenders], effort)
    yield Figure(f"protection: {_durable(store)}", kind, "")
    yield Figure(f"protection: {BARE}", kind, f"{rates[BARE].text(',.0f')} /s")
    for part in (logged, sealed):
        yield Figure(f"protection: {part.name}", kind, _times(rates, part.name).text())
    for contender in contenders:
        times = _times(rates, contender.name)
        aims = contender.name.startswith(LATER)
        aim = (f"at most {AIM} times", times.median <= AIM) if aims else ("", None)
        yield Figure(f"protection: {contender.name}", kind, times.text(), *aim)
    for each in (store, *others):
        each.close()


def _times(rates: dict[str, Spread], name: str) -> Spread:
    """How many times as long as the unprotected one."""
    pairs = zip(rates[BARE].values, rates[name].values, strict=True)
    return Spread([bare / protected for bare, protected in pairs])


def _durable(store: Store) -> str:
    """What the store says of its own durability: without it the ratios are not those of use."""
    if not store.on_postgres:
        with store.transaction(commit=True) as run:
            told = run("PRAGMA synchronous")[0]["synchronous"]
        return "synchronous FULL" if told == 2 else f"synchronous {told}: NOT durable"
    with store.reading() as run:
        flushes = run("SELECT current_setting('fsync') AS told")[0]["told"]
        waits = run("SELECT current_setting('synchronous_commit') AS told")[0]["told"]
    durable = flushes == "on" and waits == "on"
    return f"fsync {flushes}, synchronous_commit {waits}" + ("" if durable else ": NOT durable")


def _with_key_table(directory: Path) -> Store:
    file = directory / "table" / "identification.keys.sqlite"
    file.parent.mkdir()
    where = make_conninfo("", **vars(new_database()))
    keys = keys_in_table(where, SERVICE.name, lambda make: embedded_kek(file, make=make))
    return postgres_store(SERVICE, new_database(), keys)


def _report(store: Store, stream: str) -> None:
    by, told = asked.acting(), asked.report()
    command = told.model_copy(update={"narrative": SecretStr(asked.NARRATIVE)})
    handle(store, CONTACTS, stream, command, by, key=asked.key(by))


def _first(store: Store) -> Callable[[int], None]:
    def run(times: int) -> None:
        for _ in range(times):
            _report(store, f"contact-{uuid.uuid4().hex}")

    return run


def _later(store: Store, commands: int) -> Callable[[int], None]:
    """The person's key was made before, as by an earlier event: that is not measured."""
    streams = _known(store, commands)

    def run(times: int) -> None:
        for _ in range(times):
            _report(store, next(streams))

    return run


def _known(store: Store, persons: int) -> Iterator[str]:
    assert isinstance(store.keys, KeyStore)
    streams = [f"contact-{uuid.uuid4().hex}" for _ in range(persons)]
    with store.keys.writing() as at:
        for stream in streams:
            store.keys.keep(at, stream, Narrative.__name__.lower(), os.urandom(32))
    return iter(streams)


def _without(run: Callable[[int], None], *what: str) -> Callable[[int], None]:
    """The same run where fields are not sealed, or nothing goes to the audit log."""

    def changed(times: int) -> None:
        with pytest.MonkeyPatch.context() as instead:
            if "sealing" in what:
                instead.setattr(work, "seal_fields", _of_like_length)
            if "logging" in what:
                instead.setattr(work, "envelope", lambda _service, _stored: b"")
                instead.setattr(work, "leaf_hash", lambda _entry: b"")
                instead.setattr(append, "_audit", lambda _run, _leaves: None)
            run(times)

    return changed


def _of_like_length(event: Fact, _place: Place, _keys: Keys) -> Fact:
    told = base64.b64encode(bytes(_BEYOND_ITS_TEXT) + asked.NARRATIVE.encode()).decode()
    return event.model_copy(update={"narrative": Protected[Narrative](sealed=f"2.{told}")})
