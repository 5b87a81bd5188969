"""Accepting a loss: what others can give back stands in the outbox again, what nobody has is marked
as lost, and the next number is one that nobody has seen.

What was lost besides the public rows (who was told what, names, notes) nobody else ever had.
"""

import json
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from shared.runtime.append import Append, instant, write
from shared.runtime.checkpoints import begin_generation
from shared.runtime.facts import Acting, Refused
from shared.runtime.handle import in_rounds
from shared.runtime.hold import Gone, Hold
from shared.runtime.inbox import TROUBLE, ActingFor, React, decide_on
from shared.runtime.log import log
from shared.runtime.looking import Hearer, Told, found, given_back, restored, settle
from shared.runtime.message import Message
from shared.runtime.outbox import StoreOutbox
from shared.runtime.rows import Leaf
from shared.runtime.seen_logs import next_generation
from shared.runtime.store import Row, Store
from shared.runtime.work import Work
from shared.trust.merkle import canonical, leaf_hash

LOST = "staffetta.lost"
"""The type of a row that nobody could give back. Nobody reacts to it."""
_STREAM = "store"
Run = Callable[..., list[Row]]


@dataclass(frozen=True)
class Loss:
    """A lane's lost numbers, and those of them that others can give back."""

    lane: Gone
    told: Told

    @property
    def for_good(self) -> int:
        return self.lane.count - len(self.told)


def losses(store: Store, hearers: Sequence[Hearer]) -> tuple[Hold, list[Loss]]:
    """What is gone, and what of it can be given back. Reads only."""
    hold = found(store, hearers)
    name = store.service.name
    asked = [each for each in hearers if each.name not in hold.unasked]
    return hold, [Loss(lane, given_back(asked, name, lane)) for lane in hold.gone]


def accept(
    store: Store, hearers: Sequence[Hearer], why: str, acting: Acting, react: React
) -> list[Loss]:
    """Record what is lost and by whose decision, fill the lanes, and do what follows from the rows
    that came back. Safe to repeat after a kill. Raises `Refused` where it cannot be decided yet.
    """
    hold, lost = losses(store, hearers)
    _can_be_decided(hold)
    if lost or hold.log:
        seen = [each.seen_log(store.service.name) for each in hearers]
        later = next_generation(store, list(filter(None, seen))) if hold.log else None
        _fill(store, _Loss(lost, hold.log, later), why, acting)
    if restored(store) == "regaining":
        _work_through(store, react, lambda _message: acting)
    settle(store)
    store.hold = None
    return lost


def _can_be_decided(hold: Hold) -> None:
    if hold.unasked:
        raise Refused(
            "everybody-is-asked-before-a-loss-is-accepted",
            f"Not everybody answers: {', '.join(hold.unasked)}.",
            "Start them, and ask again: they may have what is lost here.",
        )
    if hold.otherwise:
        raise Refused(
            "a-number-tells-one-story",
            "Numbers were used twice: others heard something else than what stands here.",
            "Restore a backup that is older than that, and accept what it has lost.",
        )


@dataclass(frozen=True)
class _Loss:
    """What is accepted: lanes, and the audit log, which then goes on as another generation."""

    lanes: Sequence[Loss]
    log: tuple[int, int] | None
    generation: int | None


def _fill(store: Store, lost: _Loss, why: str, acting: Acting) -> None:
    """One transaction, with its locks in the order of every append: lanes, then the audit head."""
    ranges = [
        [each.lane.topic, each.lane.lane, each.lane.last, each.lane.seen] for each in lost.lanes
    ]
    text = canonical(
        {
            "kind": "loss",
            "service": store.service.name,
            "stream": _STREAM,
            "at": instant(acting.now),
            "by": acting.operator,
            "org": acting.organisation,
            "what": why,
            "lanes": ranges,
            "given_back": sum(len(each.told) for each in lost.lanes),
            **({"log": list(lost.log)} if lost.log else {}),
        }
    )
    with store.transaction(commit=True) as run:
        for each in sorted(lost.lanes, key=lambda loss: (loss.lane.topic, loss.lane.lane)):
            _fill_lane(run, each)
        write(run, Append(leaves=[Leaf(leaf_hash(text), _STREAM, None, text.decode())]))
        if lost.generation:
            begin_generation(run, lost.generation)
        run(
            "INSERT INTO restores SELECT COALESCE(MAX(id), 0) + 1, CAST(? AS TEXT),"
            " 'regaining', CAST(? AS TEXT) FROM restores",
            (instant(acting.now), json.dumps(ranges)),
        )


def _fill_lane(run: Run, loss: Loss) -> None:
    lane = loss.lane
    moved = run(
        "UPDATE lanes SET last = ? WHERE topic = ? AND lane = ? AND last = ? RETURNING last",
        (lane.seen, lane.topic, lane.lane, lane.last),
    )
    if not moved:
        raise Refused(
            "nobody-writes-while-a-loss-is-accepted",
            "This service went on meanwhile.",
            "Ask again what is lost.",
        )
    for number in range(lane.last + 1, lane.seen + 1):
        told = loss.told.get(number)
        said = (told.id, told.type, told.key, told.at, told.data) if told else _nobody_knows()
        run(
            "INSERT INTO outbox (topic, lane, number, id, type, subject, at, data)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (lane.topic, lane.lane, number, *said),
        )


def _nobody_knows() -> tuple[str, ...]:
    # The envelope's time must be one; this one is told by nobody.
    return str(uuid.uuid4()), LOST, "lost", "1970-01-01T00:00:00Z", "{}"


def _work_through(store: Store, react: React, acting: ActingFor) -> None:
    """What must follow from a row of our own that came back: a withdrawal must hold again before
    anybody may see anything. Where one cannot be worked through the others still are, and the
    service goes on being held: that one may have been a withdrawal."""
    held, store.hold = store.hold, None
    (row,) = store.rows("SELECT lost FROM restores WHERE state = 'regaining' ORDER BY id LIMIT 1")
    done = [
        in_rounds(partial(_again, store, message, react, acting))
        for topic, lane, last, seen in json.loads(row["lost"])
        for message in _rows(store, topic, lane, last, seen)
    ]
    if not all(done):
        store.hold = held or Hold(regaining=True)
        raise Refused(
            "what-came-back-is-worked-through",
            f"{done.count(False)} rows that others gave back cannot be read.",
            "A withdrawn consent may be among them: nothing is shown meanwhile. Restore a later"
            " backup, or ask whoever maintains Staffetta.",
        )


def _rows(store: Store, topic: str, lane: int, last: int, seen: int) -> Iterator[Message]:
    """Those above `last` and up to `seen`, which stand in the outbox again."""
    outbox, after = StoreOutbox(store), last
    while after < seen:
        rows = outbox.rows(topic, lane, after, min(200, seen - after))
        yield from rows
        after = rows[-1].number


def _again(store: Store, message: Message, react: React, acting: ActingFor) -> bool:
    """Whether it could be worked through."""
    work = Work(store)
    try:
        decide_on(work, message, react(message), acting)
    except TROUBLE:
        raise
    except Exception as fault:  # whatever it was: it is told, and tried again
        log().error("regaining", service=store.service.name, error=type(fault).__name__)
        return False
    work.commit()
    return True
