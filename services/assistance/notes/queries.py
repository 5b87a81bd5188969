"""The only place where a note is opened."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from services.assistance.events import PlanAgreed, ProgrammeClosed, ServiceDelivered
from services.assistance.notes.events import NotesDisclosed
from shared.codes import DataCategory
from shared.runtime.append import instant
from shared.runtime.facts import Recorded
from shared.runtime.store import Store
from shared.trust.protected import Place, open_field

_FIELDS = {
    PlanAgreed: (("goals", DataCategory.NARRATIVE),),
    ServiceDelivered: (("note", DataCategory.NARRATIVE), ("health_note", DataCategory.HEALTH)),
    ProgrammeClosed: (("note", DataCategory.NARRATIVE),),
}
_ABOUT = {PlanAgreed: "plan", ServiceDelivered: "service", ProgrammeClosed: "closure"}


def disclosed_at(store: Store, case: str, version: int) -> tuple[DataCategory, ...]:
    """The categories that the disclosure at this version of the case allowed."""
    for stored in store.events(case):
        recorded = store.service.names.recorded(stored)
        if recorded.version == version and isinstance(recorded.event, NotesDisclosed):
            return recorded.event.categories
    raise LookupError("no disclosure was recorded at this version")


@dataclass(frozen=True)
class Note:
    """One note in clear. `at` is UTC; `about`: plan, service or closure; `organisation` wrote it,
    in the programme of `referral`."""

    at: str
    organisation: str
    referral: str
    about: str
    category: DataCategory
    text: str


def notes(store: Store, case: str, categories: Collection[DataCategory], up_to: int) -> list[Note]:
    """The clear texts of these categories as the case stood at version `up_to`, oldest first.

    Call it for a recorded disclosure or own view only. A missing key is an error, never silence.
    """
    found = []
    for stored in store.events(case):
        recorded = store.service.names.recorded(stored)
        if recorded.version <= up_to:
            found += list(_in(store, recorded, categories))
    return found


def _in(store: Store, recorded: Recorded, categories: Collection[DataCategory]) -> Iterator[Note]:
    event = recorded.event
    if not isinstance(event, PlanAgreed | ServiceDelivered | ProgrammeClosed):
        return
    place = Place(store.service.name, recorded.stream, recorded.version, event.stored_name)
    for field, category in _FIELDS[type(event)]:
        if category in categories and getattr(event, field) is not None:
            yield Note(
                at=instant(recorded.at),
                organisation=recorded.organisation,
                referral=event.referral,
                about=_ABOUT[type(event)],
                category=category,
                text=open_field(event, field, place, store.keys),
            )
