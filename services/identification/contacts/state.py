"""What decisions need to know of a contact, and how each fact changes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, assert_never

from services.identification.contacts.events import ContactLinked, ContactReported, Event
from services.identification.duplicates.state import Matching
from shared.codes import Channel
from shared.trust.protected import classes_in


@dataclass(frozen=True)
class Unreported:
    """`matching`: what the network says about telephones."""

    matching: Matching = field(default_factory=Matching)


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


def with_matching(contact: Contact, others: Mapping[str, Any]) -> Contact:
    """What is to be reported, together with what the network says about telephones."""
    if isinstance(contact, Reported):
        return contact
    (matching,) = others.values()
    return replace(contact, matching=matching)
