"""The event of an entry, as the service reads it that wrote it."""

from collections.abc import Collection, Mapping
from typing import Any

from eventsourcing.persistence import StoredEvent

from shared.runtime.facts import Fact, Recorded
from shared.runtime.store import Service


def names_of(service: Service, *facts: type[Fact]) -> frozenset[str]:
    """The stored names under which these facts are read, older forms included."""
    names = {fact.stored_name for fact in facts}
    older = service.names.upcasters
    while more := {name for name, (_upcast, next_) in older.items() if next_ in names} - names:
        names |= more
    return frozenset(names)


def recorded_of(
    service: Service, entry: Mapping[str, Any], names: Collection[str]
) -> Recorded | None:
    """None where the entry is no event, or of none of these names, or of another service. Raises
    what reading it raises where nobody of this version can have written it."""
    if entry.get("kind") != "event" or entry["name"] not in names:
        return None
    if entry["service"] != service.name:
        return None
    stored = StoredEvent(entry["stream"], entry["version"], entry["name"], entry["state"].encode())
    return service.names.recorded(stored)
