"""One store by itself: are its numbers dense, are its read tables what its log makes of them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from shared.runtime.mapper import envelope
from shared.trust.merkle import leaf_hash
from tests.faults.checker.ledger import Ledger


def not_dense(ledger: Ledger) -> Iterator[str]:
    """No number is missing or double: lanes, versions, audit index; each leaf is its event's."""
    lanes = _numbers(((told.topic, told.lane), told.number) for told in ledger.outbox)
    for lane in lanes.keys() | ledger.lanes.keys():
        if lanes[lane] != list(range(1, ledger.lanes.get(lane, 0) + 1)):
            yield f"{ledger.name}: outbox {lane}"
    versions = _numbers((each.originator_id, each.originator_version) for each in ledger.events)
    for stream, counted in versions.items():
        if counted != list(range(1, len(counted) + 1)):
            yield f"{ledger.name}: versions of {stream}"
    if [leaf["idx"] for leaf in ledger.audit] != list(range(ledger.audit_size)):
        yield f"{ledger.name}: audit index"
    if _leaves(ledger) != [bytes(leaf["hash"]) for leaf in ledger.audit]:
        yield f"{ledger.name}: audit leaves"


def unlike_a_rebuild(ledger: Ledger) -> Iterator[str]:
    """The read tables are what the log makes of them."""
    service = ledger.part.service
    made: dict[str, dict[str, dict[str, Any]]] = {name: {} for name in ledger.tables}
    columns = {table.name: dict.fromkeys(table.columns) for table in service.tables}
    for event in ledger.events:
        for change in service.project(service.names.recorded(event)):
            rows = made[change.table]
            if change.values is None:
                rows.pop(change.key, None)
                continue
            fresh = {"key": change.key, **columns[change.table]}
            rows.setdefault(change.key, fresh).update(change.values)
    for name, rows in made.items():
        if rows != ledger.tables[name]:
            yield f"{ledger.name}: {name}"


def _numbers(placed: Iterable[tuple[Any, int]]) -> dict[Any, list[int]]:
    found: dict[Any, list[int]] = defaultdict(list)
    for place, number in placed:
        found[place].append(number)
    return found


def _leaves(ledger: Ledger) -> list[bytes]:
    """The hashes that the audit log should hold, in its order."""
    events = {(str(each.originator_id), each.originator_version): each for each in ledger.events}
    hashes = []
    for leaf in ledger.audit:
        if leaf["version"] is None:
            hashes.append(leaf_hash(leaf["entry"].encode()))
        elif event := events.pop((leaf["stream"], leaf["version"]), None):
            hashes.append(leaf_hash(envelope(ledger.name, event)))
    return hashes + [b"an event without a leaf" for _ in events]
