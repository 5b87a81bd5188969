"""Healing: what the broker does not bring is fetched from its sender, beside the consumer.

In threads of their own, one for each sender and topic, so that a sender who is away, or answers
slowly, holds up nothing that comes by itself.
"""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from shared.runtime import metrics
from shared.runtime.inbox import ActingFor, React, follow_lanes, positions
from shared.runtime.message import Message
from shared.runtime.outbox import Outbox
from shared.runtime.resting import Resting
from shared.runtime.store import Store
from shared.runtime.wake import Wake

_LOOK_EVERY_SECONDS = 2.5
# Longer than a lane rests before it asks again; what is older says too little of new records.
_ANSWER_LASTS_SECONDS = 10.0


@dataclass(frozen=True)
class Ear:
    """What a service hears: topics by sender, the senders' outboxes for healing, its reactions.

    `fit` raises where this process may apply nothing now, whatever comes."""

    store: Store
    topics: Sequence[tuple[str, str]]
    senders: Mapping[str, Outbox]
    react: React
    acting: ActingFor
    fit: Callable[[], object] = lambda: None


class Missing(Exception):
    """Rows are missing here. They were asked for, and come while their lane rests."""


class Asked:
    """A sender's outbox as the consumer sees it: whoever asks is told to wait, and is answered
    when it asks again."""

    def __init__(self, sender: str) -> None:
        self.sender, self.wake = sender, Wake()
        self._asked: set[str] = set()
        self._ends: dict[str, tuple[float, Mapping[int, int]]] = {}

    def heads(self, topic: str) -> Mapping[int, int]:
        """How far the sender had written when it was looked up for this question."""
        at, ends = self._ends.pop(topic, (0.0, {}))
        if ends and time.monotonic() - at < _ANSWER_LASTS_SECONDS:
            return ends
        self._asked.add(topic)
        self.wake.up()
        raise Missing

    def rows(self, _topic: str, _lane: int, _after: int, _limit: int) -> Sequence[Message]:
        self.wake.up()
        raise Missing

    def looked_up(self, topic: str, outbox: Outbox) -> Mapping[int, int]:
        """The sender's own heads; an answer to whoever had asked before this look."""
        asked = topic in self._asked
        ends = outbox.heads(topic)
        if asked:
            self._asked.discard(topic)
            self._ends[topic] = time.monotonic(), ends
        return ends


def heal_until(ending: threading.Event, ear: Ear, asked: Asked, topic: str) -> None:
    """Look how far the sender has written again and again, and at once where rows are missing."""
    store, resting = ear.store, Resting(ear.store.service.name)
    seen: Mapping[int, int] | None = None
    while not ending.is_set():
        count = asked.wake.count
        with resting.trying("healing", topic):
            if seen is not None:
                heal(ear, asked, topic, seen, resting)
            seen = positions(store, asked.sender, topic)
        left = resting.left()
        if asked.wake.wait(count, _LOOK_EVERY_SECONDS if left is None else left) > count:
            # Those rows are not late, but lost: there is nothing to wait for.
            with resting.trying("healing", topic):
                seen = positions(store, asked.sender, topic)


def heal(ear: Ear, asked: Asked, topic: str, seen: Mapping[int, int], resting: Resting) -> int:
    """Ask the sender how far it has written, and fetch what does not come: a broker that lost its
    disk sends no next message by which a gap would show. Returns how many were applied.

    Fetched are lanes that stand where they stood when they were `seen`: what is only late still
    comes from the broker, and would be read twice.
    """
    store, sender, outbox = ear.store, asked.sender, ear.senders[asked.sender]
    heads, here = asked.looked_up(topic, outbox), positions(store, sender, topic)
    standing = {
        lane: head
        for lane, head in heads.items()
        if head != here.get(lane, 0) and here.get(lane, 0) == seen.get(lane, 0)
    }
    resting.only({(sender, topic, lane) for lane in standing})
    applied = follow_lanes(
        store, outbox, topic, ear.react, ear.acting, heads=standing, resting=resting
    )
    if applied:
        metrics.healed(store.service.name, sender, topic, applied)
    return applied
