"""The append transaction: everything that becomes true together, written once for both stores.

The statements use `?` and plain SQL that SQLite and PostgreSQL share; nothing is read back, so
that PostgreSQL can send them in one pipeline. Locks are taken in one order, lanes ascending and
then the audit head, which every append takes: no deadlock, and numbers become visible in order.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache

from shared.runtime.facts import Change, ClearTimer, Forget, SetTimer, TimerChange
from shared.runtime.forgetting import forget_all
from shared.runtime.keeping import keep
from shared.runtime.many import Run, run_for
from shared.runtime.message import Message
from shared.runtime.park import keep_fault, park, unpark
from shared.runtime.rows import (
    Firing,
    Guard,
    Leaf,
    OutboxRow,
    Parked,
    Position,
    Recollection,
    Snapshot,
)
from shared.runtime.tables import write_changes

_OUTBOX = ("TEXT", "BIGINT", "BIGINT", *["TEXT"] * 6)


@dataclass
class Append:
    """What one transaction writes besides the events themselves."""

    outbox: list[OutboxRow] = field(default_factory=list)
    leaves: list[Leaf] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    timers: list[TimerChange] = field(default_factory=list)
    answers: list[Recollection] = field(default_factory=list)
    positions: list[Position] = field(default_factory=list)
    snapshots: list[Snapshot] = field(default_factory=list)
    guards: list[Guard] = field(default_factory=list)
    firings: list[Firing] = field(default_factory=list)
    parked: list[Parked] = field(default_factory=list)
    unparked: list[Message] = field(default_factory=list)
    faulty: list[Parked] = field(default_factory=list)
    heard: list[Message] = field(default_factory=list)
    forgotten: list[Forget] = field(default_factory=list)
    although_held: bool = False

    @property
    def only_traces(self) -> bool:
        """Whether nothing becomes true by it: only reads and refusals are noted."""
        effects = (self.outbox, self.answers, self.positions, self.firings)
        more = (self.parked, self.unparked, self.faulty, self.changes, self.timers, self.forgotten)
        return not any((*effects, *more))

    @property
    def lanes(self) -> set[tuple[str, int]]:
        return {(row.topic, row.lane) for row in self.outbox}


def write(run: Run, append: Append) -> None:
    """Write all of it, in the one order of locks. A broken expectation is an integrity error."""
    if append.outbox:
        _outbox(run, append.outbox)
    _audit(run, append.leaves)
    _expectations(run, append)
    keep(run, append.heard)
    for parked in append.parked:
        park(run, parked)
    for message in append.unparked:
        unpark(run, message)
    for still in append.faulty:
        keep_fault(run, still)
    _what_follows(run, append)


def _what_follows(run: Run, append: Append) -> None:
    """What goes first, so that what stays of it is written after."""
    for forget in append.forgotten:
        forget_all(run, forget)
    write_changes(run, append.changes)
    for timer in append.timers:
        _timer(run, timer)
    for snapshot in append.snapshots:
        _snapshot(run, snapshot)


def _expectations(run: Run, append: Append) -> None:
    for guard in append.guards:
        _guard(run, guard)
    for firing in append.firings:
        _fire(run, firing)
    for position in append.positions:
        _move(run, position)
    for answer in append.answers:
        run(
            "INSERT INTO answers (scope, key, digest, outcome, stream) VALUES (?, ?, ?, ?, ?)",
            (answer.scope, answer.key, answer.digest, answer.outcome, answer.stream),
        )


def _outbox(run: Run, rows: Sequence[OutboxRow]) -> None:
    wanted = Counter((row.topic, row.lane) for row in rows)
    for (topic, lane), count in sorted(wanted.items()):
        run(
            "INSERT INTO lanes VALUES (?, ?, ?)"
            " ON CONFLICT (topic, lane) DO UPDATE SET last = lanes.last + excluded.last",
            (topic, lane, count),
        )
    still: dict[tuple[str, int], int] = defaultdict(int, wanted)
    given = []
    for row in rows:
        still[row.topic, row.lane] -= 1
        given.append((row.topic, row.lane, still[row.topic, row.lane], *_said(row)))
    run_for(run, _insert_outbox, given)


@lru_cache(maxsize=8)
def _insert_outbox(count: int) -> str:
    return (
        "INSERT INTO outbox SELECT topic, lane, last - column3, column4, column5, column6, column7,"  # noqa: S608  # marks
        f" column8, column9 FROM lanes, (VALUES {_typed(_OUTBOX, count)})"
        " AS told WHERE topic = column1 AND lane = column2"
    )


def _said(row: OutboxRow) -> Sequence[str]:
    return row.id, row.type, row.key, row.at, row.data, row.trace


def _audit(run: Run, leaves: Sequence[Leaf]) -> None:
    run("UPDATE audit_head SET size = size + ? WHERE id = 1", (len(leaves),))
    given = [
        (len(leaves) - number, leaf.hash, leaf.stream, leaf.version, leaf.entry)
        for number, leaf in enumerate(leaves)
    ]
    run_for(run, _insert_leaves, given)


@lru_cache(maxsize=8)
def _insert_leaves(count: int) -> str:
    return (
        "INSERT INTO audit SELECT size - column1, column2, column3, column4, column5"  # noqa: S608  # marks
        f" FROM audit_head, (VALUES {_typed(('BIGINT', 'BLOB', 'TEXT', 'BIGINT', 'TEXT'), count)})"
        " AS told WHERE id = 1"
    )


def _typed(kinds: Sequence[str], count: int) -> str:
    """Marks with their types, which PostgreSQL cannot infer within a `SELECT`."""
    row = ", ".join(f"CAST(? AS {kind})" for kind in kinds)
    return ", ".join([f"({row})"] * count)


def _guard(run: Run, guard: Guard) -> None:
    # NULL in a NOT NULL column is the one way both stores know to fail within a pipeline.
    run(
        "INSERT INTO guards SELECT CAST(? AS TEXT), CASE WHEN COALESCE(MAX(originator_version), 0)"
        " = ? THEN 0 END FROM stored_events WHERE originator_id = ? ON CONFLICT DO NOTHING",
        (guard.stream, guard.version, guard.stream),
    )
    run("DELETE FROM guards WHERE stream = ?", (guard.stream,))


def _fire(run: Run, firing: Firing) -> None:
    run(
        "INSERT INTO guards SELECT CAST(? AS TEXT), CASE WHEN COUNT(*) = 1 THEN 0 END"
        " FROM timers WHERE id = ? AND due = ? ON CONFLICT DO NOTHING",
        (firing.timer, firing.timer, firing.due),
    )
    run("DELETE FROM guards WHERE stream = ?", (firing.timer,))
    run("DELETE FROM timers WHERE id = ?", (firing.timer,))


def _move(run: Run, at: Position) -> None:
    run(
        "INSERT INTO inbox VALUES (?, ?, ?, 0) ON CONFLICT DO NOTHING",
        (at.sender, at.topic, at.lane),
    )
    run(
        "UPDATE inbox SET number = CASE WHEN number = ? THEN CAST(? AS BIGINT) END"
        " WHERE sender = ? AND topic = ? AND lane = ?",
        (at.before, at.number, at.sender, at.topic, at.lane),
    )


def _timer(run: Run, timer: TimerChange) -> None:
    match timer:
        case ClearTimer():
            run("DELETE FROM timers WHERE id = ?", (timer.id,))
        case SetTimer():
            body = json.dumps(timer.command.model_dump(mode="json"))
            run(
                "INSERT INTO timers VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
                " due = excluded.due, stream = excluded.stream, command = excluded.command,"
                " body = excluded.body",
                (timer.id, instant(timer.due), timer.stream, type(timer.command).__name__, body),
            )


def _snapshot(run: Run, taken: Snapshot) -> None:
    run(
        "INSERT INTO snapshots VALUES (?, ?, ?, ?) ON CONFLICT (stream) DO UPDATE SET"
        " version = excluded.version, fingerprint = excluded.fingerprint, state = excluded.state"
        " WHERE snapshots.version < excluded.version"
        " OR snapshots.fingerprint <> excluded.fingerprint",
        (taken.stream, taken.version, taken.fingerprint, taken.state),
    )


def instant(moment: datetime) -> str:
    """A moment, whatever its offset, as UTC text that sorts: 2026-03-08T21:30:00.000000Z."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
