"""Messages that could not be applied: seen, replayed in order, or discarded with a reason."""

from dataclasses import dataclass

from shared.runtime.facts import Acting
from shared.runtime.handle import in_rounds
from shared.runtime.inbox import TROUBLE, ActingFor, React, decide_on
from shared.runtime.message import Message, written
from shared.runtime.store import Row, Store
from shared.runtime.work import Work


@dataclass(frozen=True)
class Waiting:
    """A parked message; `fault` is the kind of error, or empty where it waits behind another."""

    message: Message
    fault: str


class OutOfTurn(Exception):
    """The message waits behind another one of its case, or waits no longer."""


def parked(store: Store, key: str | None = None) -> list[Waiting]:
    """What is parked, of one case or of all, each sender's in order."""
    found = store.rows("SELECT * FROM parked ORDER BY sender, topic, lane, number")
    return [_waiting(row) for row in found if key in (None, row["subject"])]


def first_in_turn(store: Store, key: str) -> list[Waiting]:
    """The head of each queue of a case: one for each sender and topic."""
    heads: dict[tuple[str, str], Waiting] = {}
    for waiting in parked(store, key):
        heads.setdefault((waiting.message.sender, waiting.message.topic), waiting)
    return list(heads.values())


def replay(store: Store, key: str, react: React, acting: ActingFor) -> int:
    """Apply what is parked of a case: each sender's in order, up to the first that still fails,
    and what comes meanwhile too. Returns how many were applied.

    Each is applied in an append of its own, together with its removal from the park: once, also
    where two replay at the same time.
    """
    applied, failed = 0, set[tuple[str, str]]()

    def once() -> bool:
        """Whether there was one to be tried. Looked up anew in each round."""
        nonlocal applied
        for waiting in first_in_turn(store, key):
            told = waiting.message
            if (told.sender, told.topic) in failed:
                continue
            if _applied(store, told, react, acting):
                applied += 1
            else:
                failed.add((told.sender, told.topic))
            return True
        return False

    while in_rounds(once):
        pass
    return applied


def discard(store: Store, waiting: Waiting, why: str, acting: Acting) -> None:
    """Give one message up. The audit log keeps which, by whom, and why. Raises `OutOfTurn` where
    it is not the first of its case: what comes before it must be dealt with first."""
    told = waiting.message

    def once() -> None:
        if all(told.id != head.message.id for head in first_in_turn(store, told.key)):
            raise OutOfTurn
        work = Work(store)
        work.entry("discard", told.key, acting, what=f"{told.type} {told.number}: {why}")
        work.unpark(told)
        work.commit()

    in_rounds(once)


def _applied(store: Store, message: Message, react: React, acting: ActingFor) -> bool:
    work = Work(store)
    try:
        decide_on(work, message, react(message), acting)
    except TROUBLE:
        raise
    except Exception as fault:  # whatever it was: it stays parked, with its kind
        again = Work(store)
        again.fault(message, type(fault).__name__)
        again.commit()
        return False
    work.unpark(message)
    work.commit()
    return True


def _waiting(row: Row) -> Waiting:
    return Waiting(written(row), row["fault"])
