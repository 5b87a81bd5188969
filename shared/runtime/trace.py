"""The trace of some streams: every change, refusal and read, in order of time."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.runtime.append import instant
from shared.runtime.facts import Fact
from shared.runtime.store import Store


@dataclass(frozen=True)
class Told:
    """What a fact says in words, and the consent it rests on, if any; whether it showed somebody
    what was sealed."""

    what: str
    consent: str | None = None
    shown: bool = False


@dataclass(frozen=True)
class TraceLine:
    """`at` is UTC; `kind` is change, disclosure, refusal, read or discard; `what` holds no personal
    input."""

    at: str
    operator: str
    organisation: str
    service: str
    kind: str
    what: str
    consent: str | None


def trace(
    store: Store,
    streams: Sequence[str],
    describe: Callable[[Fact], Told],
    note: Callable[[Mapping[str, Any]], str],
) -> list[TraceLine]:
    """All that happened in these streams of one service, oldest first. `note` says what an entry of
    the audit log that is no event (a refusal, a read, a discard) is in words."""
    lines: list[TraceLine] = []
    for stream in streams:
        lines += _changes(store, stream, describe)
        lines += _entries(store, stream, note)
    return sorted(lines, key=lambda line: line.at)


def _changes(store: Store, stream: str, describe: Callable[[Fact], Told]) -> list[TraceLine]:
    lines = []
    for stored in store.events(stream):
        recorded = store.service.names.recorded(stored)
        told = describe(recorded.event)
        at, service = instant(recorded.at), store.service.name
        by, org = recorded.operator, recorded.organisation
        kind = "disclosure" if told.shown else "change"
        lines.append(TraceLine(at, by, org, service, kind, told.what, told.consent))
    return lines


def _entries(
    store: Store, stream: str, note: Callable[[Mapping[str, Any]], str]
) -> list[TraceLine]:
    rows = store.rows(
        "SELECT entry FROM audit WHERE stream = ? AND entry IS NOT NULL ORDER BY idx", (stream,)
    )
    return [_line(json.loads(row["entry"]), note) for row in rows]


def _line(entry: Mapping[str, Any], note: Callable[[Mapping[str, Any]], str]) -> TraceLine:
    by, org, kind = entry["by"], entry["org"], entry["kind"]
    return TraceLine(
        entry["at"], by, org, entry["service"], kind, note(entry), entry.get("consent")
    )
