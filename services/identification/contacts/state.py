"""What decisions need to know of a contact, and how each fact changes it."""

from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never

from services.identification.contacts.events import ContactLinked, ContactReported, Event
from shared.codes import Channel
from shared.trust.protected import classes_in


@dataclass(frozen=True)
class Unreported:
    pass


@dataclass(frozen=True)
class Reported:
    channel: Channel
    received_on: date
    case: str | None = None
    sealed: frozenset[str] = frozenset()


Contact = Unreported | Reported


def evolve(contact: Contact, event: Event) -> Contact:
    match contact, event:
        case _, ContactReported():
            return Reported(event.channel, event.received_on, sealed=classes_in(event))
        case Reported(), ContactLinked():
            return replace(contact, case=event.case)
        case Unreported(), ContactLinked():
            return contact
        case _:
            assert_never(event)
