"""The event of an entry, as the service reads it that wrote it."""

from collections.abc import Collection, Mapping
from typing import Any

from eventsourcing.persistence import StoredEvent

from shared.runtime.facts import Recorded
from shared.runtime.store import Service


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
