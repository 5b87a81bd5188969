"""What somebody with a pen and the key does to the entries of a log, one stroke each."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from tests.audit.exported import Exported

Entries = list[dict[str, Any]]
Doctor = Callable[[Entries], None]


def place(entries: Entries, name: str) -> int:
    return next(number for number, entry in enumerate(entries) if entry.get("name") == name)


def changed(name: str, **data: object) -> Doctor:
    """The first event of this name tells something else."""

    def doctor(entries: Entries) -> None:
        entry = entries[place(entries, name)]
        told = json.loads(entry["state"])
        told["data"] |= data
        entry["state"] = json.dumps(told)

    return doctor


def at(name: str, moment: str) -> Doctor:
    """The first event of this name happened then."""

    def doctor(entries: Entries) -> None:
        entry = entries[place(entries, name)]
        entry["state"] = json.dumps(json.loads(entry["state"]) | {"at": moment})

    return doctor


def by(name: str, organisation: str) -> Doctor:
    """The first event of this name was another organisation's doing."""

    def doctor(entries: Entries) -> None:
        entry = entries[place(entries, name)]
        entry["state"] = json.dumps(json.loads(entry["state"]) | {"org": organisation})

    return doctor


def without(name: str) -> Doctor:
    """The first event of this name never happened; what follows it in its stream moves up."""

    def doctor(entries: Entries) -> None:
        gone = entries.pop(place(entries, name))
        for entry in entries:
            if entry.get("stream") == gone["stream"] and entry.get("version", 0) > gone["version"]:
                entry["version"] -= 1

    return doctor


def later(name: str, after: str) -> Doctor:
    """The first event of the one name comes right after the first of the other."""

    def doctor(entries: Entries) -> None:
        moved = entries.pop(place(entries, name))
        entries.insert(place(entries, after) + 1, moved)
        of_stream = [entry for entry in entries if entry.get("stream") == moved["stream"]]
        events = [entry for entry in of_stream if entry["kind"] == "event"]
        for version, entry in enumerate(events, 1):
            entry["version"] = version

    return doctor


def every(*names: str, consent: str) -> Doctor:
    """Every event of these names is of another consent."""

    def doctor(entries: Entries) -> None:
        first = json.loads(entries[place(entries, names[0])]["state"])["data"]["consent"]
        for entry in entries:
            if entry.get("name") in names:
                entry["state"] = entry["state"].replace(first, consent)

    return doctor


def moment(entries: Entries, name: str) -> datetime:
    return datetime.fromisoformat(json.loads(entries[place(entries, name)]["state"])["at"])


def each_by(name: str, organisation: str) -> Doctor:
    """Every event of this name was another organisation's doing."""

    def doctor(entries: Entries) -> None:
        for entry in entries:
            if entry.get("name") == name:
                state = json.loads(entry["state"]) | {"org": organisation}
                entry["state"] = json.dumps(state)

    return doctor


def each(name: str, **data: object) -> Doctor:
    """Every event of this name tells something else."""

    def doctor(entries: Entries) -> None:
        for entry in entries:
            if entry.get("name") == name:
                state = json.loads(entry["state"])
                entry["state"] = json.dumps(state | {"data": state["data"] | data})

    return doctor


def all_without(name: str) -> Doctor:
    def doctor(entries: Entries) -> None:
        while any(entry.get("name") == name for entry in entries):
            without(name)(entries)

    return doctor


def alone(export: Exported, doctor: Doctor, check: str) -> str:
    """The one fault of the doctored log, which is found by this check."""
    assert export.failed() == {}
    export.doctored(doctor)
    failed = export.failed()
    assert list(failed) == [check]
    (fault,) = failed[check]
    return fault.partition(": ")[2]
