"""Messages that could not be applied: seen, replayed in order, or discarded with a reason."""

from dataclasses import dataclass

from shared.runtime.facts import Acting
from shared.runtime.handle import in_rounds
from shared.runtime.inbox import TROUBLE, ActingFor, React, decide_on
from shared.runtime.message import Message
from shared.runtime.store import Row, Store
from shared.runtime.work import Work


@dataclass(frozen=True)
class Waiting:
    """A parked message; `fault` is the kind of error, or empty where it waits behind another."""

    message: Message
    fault: str


def parked(store: Store, key: str | None = None) -> list[Waiting]:
    """What is parked, of one case or of all, each sender's in order."""
    found = store.rows("SELECT * FROM parked ORDER BY sender, topic, lane, number")
    return [_waiting(row) for row in found if key in (None, row["subject"])]


def replay(store: Store, key: str, react: React, acting: ActingFor) -> int:
    """Apply what is parked of a case, in order, up to the first that still fails.

    Returns how many were applied; each in an append of its own, with its removal from the park.
    """
    applied = 0
    for waiting in parked(store, key):
        if not in_rounds(lambda told=waiting.message: _applied(store, told, react, acting)):  # type: ignore[misc]  # mypy cannot see the default's type
            break
        applied += 1
    return applied


def discard(store: Store, waiting: Waiting, why: str, acting: Acting) -> None:
    """Give one message up. The audit log keeps which, by whom, and why."""

    def once() -> None:
        work = Work(store)
        told = waiting.message
        work.entry("discard", told.key, acting, what=f"{told.type} {told.number}: {why}")
        work.unpark(told)
        work.commit()

    in_rounds(once)


def _applied(store: Store, message: Message, react: React, acting: ActingFor) -> bool:
    work = Work(store)
    try:
        decide_on(work, message, react, acting)
    except TROUBLE:
        raise
    except Exception as fault:
        again = Work(store)
        again.park(message, type(fault).__name__)
        again.commit()
        return False
    work.unpark(message)
    work.commit()
    return True


def _waiting(row: Row) -> Waiting:
    place = (row["sender"], row["topic"], row["lane"], row["number"])
    said = (row["id"], row["type"], row["subject"], row["at"], row["data"])
    return Waiting(Message(*place, *said), row["fault"])
