"""What an erasure needs to know of a case, while it is open and once it is being erased."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal

from services.identification.cases import events
from services.identification.retention.state import Retention
from shared.codes import DELIVERED
from shared.runtime.facts import Fact
from shared.trust.protected import classes_in


@dataclass(frozen=True)
class Held:
    """`contacts`: the person's other streams; `sealed`: the classes of data sealed in the case's
    own; `running`: the organisations whose programme goes on; `closed`: whether one has closed,
    and `closed_on` when the last one did, unknown of those heard before it was recorded."""

    contacts: tuple[str, ...] = ()
    sealed: frozenset[str] = frozenset()
    running: frozenset[str] = frozenset()
    closed: bool = False
    closed_on: date | None = None


@dataclass(frozen=True)
class Erasing:
    """Of the case nothing is known any more but what it takes to bring its erasure to its end."""

    id: str
    custodian: str
    erasure: str
    streams: tuple[str, ...]
    sealed: frozenset[str] = frozenset()
    attested: Mapping[str, int] = field(default_factory=dict)
    overdue: bool = False
    completed: bool = False
    contacts: Mapping[str, Any] = field(default_factory=dict)
    retention: Retention = field(default_factory=Retention)
    kind: Literal["erasing"] = "erasing"


def held(known: Held, event: Fact) -> Held:
    """After one more fact of an open case, of whatever kind."""
    known = replace(known, sealed=known.sealed | classes_in(event))
    match event:
        case events.CaseOpened() | events.ContactAdded():
            return replace(known, contacts=(*known.contacts, event.contact))
        case events.CustodyMoved() if event.service is None or event.service in DELIVERED:
            return replace(known, running=known.running | {event.custodian})
        case events.ProgrammeClosureHeard():
            days = [day for day in (known.closed_on, event.heard_on) if day]
            running = known.running - {event.organisation}
            return replace(known, running=running, closed=True, closed_on=max(days, default=None))
        case _:
            return known


def erasing(known: Held, event: events.ErasureRequested) -> Erasing:
    case, *_contacts = event.streams
    return Erasing(case, event.custodian, event.erasure, event.streams, known.sealed)


def evolve(case: Erasing, event: Fact) -> Erasing:
    """A request made again is another request: whoever attested the first attests it too."""
    match event:
        case events.ErasureRequested():
            return Erasing(case.id, event.custodian, event.erasure, event.streams, case.sealed)
        case events.ErasureAttested():
            return replace(case, attested={**case.attested, event.service: event.keys})
        case events.ErasureOverdue():
            return replace(case, overdue=True)
        case events.ErasureCompleted():
            return replace(case, completed=True)
        case _:
            return case
