"""The store of `referral`, in a directory or in the database that the environment names, and
messages that it cannot apply."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from services.referral.app import SERVICE
from services.referral.consumer import react
from services.referral.custody.decide import CUSTODY
from shared.codes import Area
from shared.contracts.envelope import LANES, events_topic
from shared.contracts.identification import CaseOpened
from shared.runtime.facts import Acting
from shared.runtime.inbox import React, Reaction, receive
from shared.runtime.loading import load
from shared.runtime.message import Message
from shared.runtime.parking import parked
from shared.runtime.recorders import Database
from shared.runtime.store import Store, postgres_store, sqlite_store
from shared.trust.key_file import keys_in_file
from staffetta.installation import now
from tests.support.outboxes import MemoryOutbox

TOPIC = events_topic("identification")


@dataclass
class Place:
    """`database`: None for the SQLite file of the directory. `words` tell a command of it."""

    directory: Path
    database: Database | None
    words: Sequence[str]
    sender: MemoryOutbox = field(default_factory=lambda: MemoryOutbox("identification", LANES))

    def open(self) -> Store:
        keys = keys_in_file(self.directory / "keys" / "referral.keys.sqlite")
        if self.database is None:
            return sqlite_store(SERVICE, self.directory / "referral.sqlite", keys)
        return postgres_store(SERVICE, self.database, keys)

    def opened(self, case: str) -> Message:
        told = CaseOpened(case=case, organisation="comune-bologna", area=Area.BOLOGNA)
        return self.sender.tell(TOPIC, case, told)

    def unreadable(self, case: str) -> Message:
        return self.sender.publish(TOPIC, case, CaseOpened.type, {"name": "Rosa Bianchi"})

    def hear(self, *messages: Message, react: React = react) -> None:
        with closing(self.open()) as store:
            for message in messages:
                receive(store, self.sender, [message], react, _acting)

    def left(self) -> list[str]:
        """The ids of what is parked."""
        with closing(self.open()) as store:
            return [waiting.message.id for waiting in parked(store)]

    def has_begun(self, case: str) -> bool:
        with closing(self.open()) as store:
            return load(store, CUSTODY, case)[1] > 0


def cannot_yet(_message: Message) -> Sequence[Reaction]:
    """As a version that does not understand what a newer one sends."""
    raise KeyError("Rosa Bianchi")


def _acting(message: Message) -> Acting:
    return Acting("relay", message.sender, now())
