"""Receiving: each number of a sender's lane has its effect once, in order, and no gap is passed.

A number already applied is skipped; the next one is applied together with its position in one
transaction; a higher one means a loss, and the missing rows are fetched from the sender first.
"""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from eventsourcing.persistence import PersistenceError

from shared.runtime.arrived import CannotHeal, as_written, in_turn
from shared.runtime.facts import Acting, Decider, Refused, Request
from shared.runtime.handle import in_rounds
from shared.runtime.heard import told_otherwise
from shared.runtime.hold import Held
from shared.runtime.log import log
from shared.runtime.message import Message
from shared.runtime.outbox import Outbox
from shared.runtime.resting import Resting
from shared.runtime.rows import Position
from shared.runtime.spans import RECEIVING, span
from shared.runtime.store import Conflict, Store
from shared.runtime.work import Work
from shared.trust.kek import OutOfReach

BATCH = 200


@dataclass(frozen=True)
class Reaction:
    """What a public event makes this service ask of itself.

    `at` is recorded as its time where the moment of hearing would tell more than the message does.
    """

    decider: Decider[Any, Any, Any]
    stream: str
    command: Request
    at: datetime | None = None


React = Callable[[Message], Sequence[Reaction]]
ActingFor = Callable[[Message], Acting]


# The store's or the machine's trouble, which passes: never a message's fault. The keys are in a
# SQLite file beside either kind of store.
TROUBLE = (Conflict, Held, OutOfReach, PersistenceError, OSError, sqlite3.Error)


def position(store: Store, sender: str, topic: str, lane: int) -> int:
    """The last number applied (0: none)."""
    found = store.rows(
        "SELECT number FROM inbox WHERE sender = ? AND topic = ? AND lane = ?",
        (sender, topic, lane),
    )
    return int(found[0]["number"]) if found else 0


def positions(store: Store, sender: str, topic: str) -> dict[int, int]:
    """Lane -> the last number applied, where there is one."""
    found = store.rows(
        "SELECT lane, number FROM inbox WHERE sender = ? AND topic = ?", (sender, topic)
    )
    return {row["lane"]: row["number"] for row in found}


def receive(
    store: Store, sender: Outbox, messages: Sequence[Message], react: React, acting: ActingFor
) -> int:
    """Apply messages of one lane in whatever order they came. Returns how many were applied."""
    if not messages:
        return 0
    topic, lane = messages[0].topic, messages[0].lane

    def once() -> int:
        before = position(store, sender.sender, topic, lane)
        due = in_turn(store.service.name, sender, messages, before)
        return _apply(store, sender, due, react, acting, before=before)

    return in_rounds(once)


def _apply(  # noqa: PLR0913  # what came from whom, and with what effect
    store: Store,
    sender: Outbox,
    due: Sequence[Message],
    react: React,
    acting: ActingFor,
    *,
    before: int,
) -> int:
    """All of it in one append. A message that cannot be applied, as its sender wrote it, is parked,
    and those of its case that come after it wait behind it; everybody else goes on."""
    faults: dict[int, str] = {}
    work = None
    while due and work is None:
        work = _tried(store, due, faults, react, acting)
        if work is None:
            due = as_written(sender, due, faults)
    for fault in faults.values():
        log().error("parked", service=store.service.name, error=fault)
    if work is not None:
        last = due[-1]
        work.move(Position(last.sender, last.topic, last.lane, before, last.number))
        work.hear(due)
        work.commit()
    return len(due)


def _tried(
    store: Store,
    due: Sequence[Message],
    faults: dict[int, str],
    react: React,
    acting: ActingFor,
) -> Work | None:
    """The work of these messages, or None where one more turned out to be at fault: what it had
    begun must not remain, so that all is decided anew without it."""
    work, held = Work(store), parked_keys(store, due[0].sender, due[0].topic)
    told: dict[int, Sequence[Reaction]] = {}
    message = due[0]
    try:
        for message in due:
            waits = message.key in held and message.type not in store.service.unheld
            if message.number in faults or waits:
                held.add(message.key)
            else:
                held.discard(message.key)
                told[message.number] = react(message)
        work.fetch({each.stream: each.decider for reactions in told.values() for each in reactions})
        for message in due:
            if message.number in told:
                decide_on(work, message, told[message.number], acting)
            else:
                work.park(message, faults.get(message.number, ""))
    except TROUBLE:
        raise
    except Exception as fault:  # whatever it was: this message is parked with its kind
        faults[message.number] = type(fault).__name__
        return None
    return work


def decide_on(
    work: Work, message: Message, reactions: Sequence[Reaction], acting: ActingFor
) -> None:
    """What a message leads to; a refusal is kept, and is no fault of the message."""
    told: dict[str, str | int] = {"topic": message.topic, "lane": message.lane}
    told |= {"service": work.service, "sender": message.sender, "type": message.type}
    with span("apply", RECEIVING, (message.trace,), **told):
        for reaction in reactions:
            told_by = acting(message)
            told_by = replace(told_by, now=reaction.at or told_by.now)
            _decide(work, reaction, told_by)


def _decide(work: Work, reaction: Reaction, told_by: Acting) -> None:
    try:
        work.decide(reaction.decider, reaction.stream, reaction.command, told_by)
    except Refused as refusal:
        name = type(reaction.command).__name__
        work.entry("refusal", reaction.stream, told_by, command=name, rule=refusal.rule)


def parked_keys(store: Store, sender: str, topic: str) -> set[str]:
    """The cases of which a message of this sender and topic is parked."""
    found = store.rows(
        "SELECT DISTINCT subject FROM parked WHERE sender = ? AND topic = ?", (sender, topic)
    )
    return {row["subject"] for row in found}


def catch_up(store: Store, sender: Outbox, topic: str, react: React, acting: ActingFor) -> int:
    """Follow every lane of one topic to its present end. Returns how many were applied.

    A fault of one lane is raised when all the others have been followed.
    """
    resting, heads = Resting(store.service.name), sender.heads(topic)
    applied = follow_lanes(store, sender, topic, react, acting, heads=heads, resting=resting)
    if resting.first is not None:
        raise resting.first
    return applied


def follow_lanes(  # noqa: PLR0913  # who hears whom, with what effect, and who rests
    store: Store,
    sender: Outbox,
    topic: str,
    react: React,
    acting: ActingFor,
    *,
    heads: Mapping[int, int],
    resting: Resting,
) -> int:
    """As `catch_up` up to these heads, but a lane in trouble rests, and raises nothing."""
    applied = 0
    for lane, head in heads.items():
        name = (sender.sender, topic, lane)
        if not resting.rests(name):
            with resting.trying("lane", name):
                applied += _follow_lane(store, sender, name, react, acting, head=head)
    return applied


def _follow_lane(  # noqa: PLR0913  # the same, for one lane
    store: Store,
    sender: Outbox,
    name: tuple[str, str, int],
    react: React,
    acting: ActingFor,
    *,
    head: int,
) -> int:
    _sender, topic, lane = name
    applied, at = 0, position(store, *name)
    # Looked at twice: another receiver may have gone past the first look at the heads.
    if at > head and at > sender.heads(topic)[lane]:
        raise CannotHeal(f"{sender.sender} forgot what it had sent on {topic}, lane {lane}")
    while at < head:
        # The last one that was heard is asked for again: it must still be the same.
        rows = sender.rows(topic, lane, max(at - 1, 0), BATCH)
        if told_otherwise(store, [row for row in rows if row.number == at]):
            raise CannotHeal(f"{sender.sender} tells something else now on {topic}, lane {lane}")
        messages = [row for row in rows if row.number > at]
        if not messages:
            raise CannotHeal(f"{sender.sender} no longer has all of {topic}, lane {lane}")
        applied += receive(store, sender, messages, react, acting)
        at = messages[-1].number
    return applied
