"""Receiving: each number of a sender's lane has its effect once, in order, and no gap is passed.

A number already applied is skipped; the next one is applied together with its position in one
transaction; a higher one means a loss, and the missing rows are fetched from the sender first.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from shared.runtime.append import Position
from shared.runtime.facts import Acting, Decider, Refused, Request
from shared.runtime.handle import in_rounds
from shared.runtime.outbox import Message, Outbox
from shared.runtime.store import Store
from shared.runtime.work import Work

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


class CannotHeal(Exception):
    """The sender does not have the rows that are missing here: somebody must look."""


def position(store: Store, sender: str, topic: str, lane: int) -> int:
    """The last number applied (0: none)."""
    found = store.rows(
        "SELECT number FROM inbox WHERE sender = ? AND topic = ? AND lane = ?",
        (sender, topic, lane),
    )
    return int(found[0]["number"]) if found else 0


def receive(
    store: Store, sender: Outbox, messages: Sequence[Message], react: React, acting: ActingFor
) -> int:
    """Apply messages of one lane in whatever order they came. Returns how many were applied."""
    if not messages:
        return 0
    topic, lane = messages[0].topic, messages[0].lane

    def once() -> int:
        before = position(store, sender.sender, topic, lane)
        due = _due(sender, messages, topic, lane, before)
        if due:
            _apply(store, due, before, react, acting)
        return len(due)

    return in_rounds(once)


def _due(
    sender: Outbox, messages: Sequence[Message], topic: str, lane: int, before: int
) -> Sequence[Message]:
    """The messages above `before`, each number once, with the gaps filled by the sender."""
    new = {message.number: message for message in messages if message.number > before}
    if not new:
        return []
    wanted = range(before + 1, max(new) + 1)
    missing = [number for number in wanted if number not in new]
    if missing:
        fetched = sender.rows(topic, lane, missing[0] - 1, missing[-1] - missing[0] + 1)
        new |= {message.number: message for message in fetched if message.number in missing}
    if any(number not in new for number in wanted):
        raise CannotHeal(f"{sender.sender} no longer has all of {topic}, lane {lane}")
    return [new[number] for number in wanted]


def _apply(
    store: Store, due: Sequence[Message], before: int, react: React, acting: ActingFor
) -> None:
    work = Work(store)
    for message in due:
        for reaction in react(message):
            told_by = acting(message)
            told_by = replace(told_by, now=reaction.at or told_by.now)
            try:
                work.decide(reaction.decider, reaction.stream, reaction.command, told_by)
            except Refused as refusal:
                name = type(reaction.command).__name__
                work.entry("refusal", reaction.stream, told_by, command=name, rule=refusal.rule)
    last = due[-1]
    work.move(Position(last.sender, last.topic, last.lane, before, last.number))
    work.commit()


def catch_up(store: Store, sender: Outbox, topic: str, react: React, acting: ActingFor) -> int:
    """Follow every lane of one topic to its present end. Returns how many were applied."""
    applied = 0
    for lane, head in sender.heads(topic).items():
        at = position(store, sender.sender, topic, lane)
        # Looked at twice: another receiver may have gone past the first look at the heads.
        if at > head and at > sender.heads(topic)[lane]:
            raise CannotHeal(f"{sender.sender} forgot what it had sent on {topic}, lane {lane}")
        while at < head:
            messages = sender.rows(topic, lane, at, BATCH)
            if not messages:
                raise CannotHeal(f"{sender.sender} no longer has all of {topic}, lane {lane}")
            applied += receive(store, sender, messages, react, acting)
            at = messages[-1].number
    return applied
