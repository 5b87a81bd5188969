"""The command line serving as its users start it, with everything caught that it lets out."""

import os
import re
import resource
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from eventsourcing.persistence import Notification

from shared.runtime.facts import Recorded
from shared.runtime.store import Store
from shared.trust.protected import Place, Protected, open_field
from shared.trust.tokens import issue
from staffetta.accounts import bearer_of
from staffetta.demo import NETWORK
from staffetta.installation import now
from staffetta.journey.client import Network
from staffetta.journey.looking import Journey
from staffetta.stores import key_file, token_key_in
from tests.staffetta.processes import Ended, Started, started
from tests.support.collector import Collector


@dataclass
class Caught:
    """Directories by what they are for; what was said, sent and answered."""

    home: Path
    collector: Collector
    said: list[Ended] = field(default_factory=list)
    answers: list[httpx.Response] = field(default_factory=list)
    case: str = ""

    def place(self, name: str) -> Path:
        made = self.home / name
        made.mkdir(exist_ok=True)
        return made

    @property
    def data(self) -> Path:
        return self.home / "data"


def network_file(home: Path) -> Path:
    """The network without retention, so that whoever was helped can be erased at once."""
    text, file = NETWORK.read_text(), home / "network.toml"
    start, end = text.index("[retention]"), text.index("[[organisation]]")
    file.write_text(text[:start] + text[end:])
    return file


@contextmanager
def serving(caught: Caught) -> Iterator[tuple[Started, httpx.Client]]:
    """Served, with a directory of its own for temporary files, and the collector for traces."""
    with pytest.MonkeyPatch.context() as setting:
        for name, value in caught.collector.environment.items():
            setting.setenv(name, value)
        setting.setenv("TMPDIR", str(caught.place("temporary")))
        setting.setenv("PYTHONFAULTHANDLER", "1")
        words = ("serve", "--data", caught.data, "--network", network_file(caught.home))
        with unlimited(), started(*words, "--port", "0", cwd=caught.place("cwd")) as running:
            found = re.search(r"http://127\.0\.0\.1:\d+", running.wait_for("Serving at"))
            assert found
            with httpx.Client(base_url=found[0], timeout=60) as http:
                yield running, http


@contextmanager
def unlimited() -> Iterator[None]:
    """Where core files would be written, were nothing done about it."""
    before = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (before[1], before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_CORE, before)


def token_of(data: Path, operator: str) -> str:
    """As of somebody who has just proved who they are."""
    bearer = replace(
        bearer_of(data, operator), authenticated_at=now(), factors=frozenset({"pwd", "otp"})
    )
    return issue(token_key_in(data), bearer, now(), timedelta(minutes=10))


def journey(caught: Caught, http: httpx.Client) -> Journey:
    return Journey(Network(http, lambda operator: token_of(caught.data, operator)))


def sealed_fields(store: Store) -> Iterator[tuple[Recorded, str]]:
    """Every sealed field of the log, in order."""
    for row in store.rows("SELECT rowid AS id, * FROM stored_events ORDER BY rowid"):
        parts = ("id", "originator_id", "originator_version", "topic", "state")
        told = store.service.names.recorded(Notification(**{name: row[name] for name in parts}))
        for name in type(told.event).model_fields:
            if isinstance(getattr(told.event, name), Protected):
                yield told, name


def opened(store: Store, recorded: Recorded, name: str) -> str:
    of = recorded.event.stored_name
    place = Place(store.service.name, recorded.stream, recorded.version, of)
    return open_field(recorded.event, name, place, store.keys)


def wrapped_keys(data: Path, service: str) -> Mapping[tuple[str, str], bytes]:
    """As they stand in the key file, by subject and class."""
    with closing(sqlite3.connect(key_file(data, service))) as keys:
        rows = keys.execute("SELECT subject, class, key FROM wrapped").fetchall()
    return {(subject, of): bytes(key) for subject, of, key in rows}


@contextmanager
def spoiled_key(data: Path, service: str, subject: str, of: str) -> Iterator[None]:
    """While this lasts, one key does not unwrap."""
    key = wrapped_keys(data, service)[subject, of]

    def put(bytes_: bytes) -> None:
        with closing(sqlite3.connect(key_file(data, service), timeout=30)) as keys, keys:
            keys.execute(
                "UPDATE wrapped SET key = ? WHERE subject = ? AND class = ?", (bytes_, subject, of)
            )

    put(os.urandom(len(key)))
    try:
        yield
    finally:
        put(key)
