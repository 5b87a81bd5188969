"""How far a store is, and whether it is whole: numbers dense, and a leaf for each event."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from shared.trust.merkle import Tree, grown
from staffetta.backup.manifest import Heard, Lane, Positions

Rows = Iterable[tuple[Any, ...]]
Ask = Callable[[str], Rows]
"""Rows of one statement, read one after the other, all as of one moment."""


class Uneven(Exception):
    """The store contradicts itself; the words say where."""


def measured(ask: Ask) -> Positions:
    """The positions of a store. Raises `Uneven` where something is missing or twice."""
    outbox = _outbox(ask)
    (size,) = _one(ask, "SELECT size FROM audit_head")
    head = grown(Tree(), _leaves(ask, size)).root
    (events,) = _one(ask, "SELECT COUNT(*) FROM stored_events")
    (leaves,) = _one(ask, "SELECT COUNT(*) FROM audit WHERE version IS NOT NULL")
    if leaves != events:
        raise Uneven(f"{events} facts, but {leaves} of them in the audit log")
    heard = ask("SELECT sender, topic, lane, number FROM inbox ORDER BY sender, topic, lane")
    inbox = tuple(
        Heard(sender=sender, topic=topic, lane=lane, number=number)
        for sender, topic, lane, number in heard
    )
    return Positions(events=events, outbox=outbox, inbox=inbox, audit=size, root=head.hex())


def _outbox(ask: Ask) -> tuple[Lane, ...]:
    counted = {
        (topic, lane): (first, last, count)
        for topic, lane, first, last, count in ask(
            "SELECT topic, lane, MIN(number), MAX(number), COUNT(*) FROM outbox"
            " GROUP BY topic, lane"
        )
    }
    lanes = list(ask("SELECT topic, lane, last FROM lanes ORDER BY topic, lane"))
    for topic, lane, last in lanes:
        if last and counted.get((topic, lane)) != (1, last, last):
            raise Uneven(f"{topic}, lane {lane}: not every number up to {last} is there")
    if counted.keys() - {(topic, lane) for topic, lane, _last in lanes}:
        raise Uneven("the outbox has rows of a lane that is not there")
    return tuple(Lane(topic=topic, lane=lane, last=last) for topic, lane, last in lanes)


def _leaves(ask: Ask, size: int) -> Iterator[bytes]:
    count = 0
    for index, leaf in ask("SELECT idx, hash FROM audit ORDER BY idx"):
        if index != count:
            raise Uneven(f"leaf {count} of the audit log is missing")
        count += 1
        yield bytes(leaf)
    if count != size:
        raise Uneven(f"the audit log has {count} leaves, and should have {size}")


def _one(ask: Ask, sql: str) -> tuple[Any, ...]:
    (row,) = ask(sql)
    return row
