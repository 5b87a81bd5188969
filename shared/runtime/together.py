"""Several lanes in one append where all is well: nearly always, and at a fraction of the work.

Whatever stands in the way of one of them is for `receive` to see to, which takes each by itself.
"""

from collections.abc import Sequence

from shared.runtime.arrived import in_turn
from shared.runtime.inbox import ActingFor, React, decide_on
from shared.runtime.message import Message
from shared.runtime.outbox import Outbox
from shared.runtime.recorders import Read
from shared.runtime.rows import Position
from shared.runtime.store import Store
from shared.runtime.work import Work

Arrived = tuple[Outbox, Sequence[Message]]


class SomethingWaits(Exception):
    """A message of the same topic and sender is parked: who waits behind it must be looked at."""


def receive_together(
    store: Store, arrived: Sequence[Arrived], react: React, acting: ActingFor
) -> None:
    """Apply what came of several lanes (each not empty, and named once), or nothing of it.

    Whatever is raised, nothing has happened, and each lane can be received by itself.
    """
    before, parked = store.reads(_POSITIONS, _parked(arrived))
    if parked[0]["count"]:
        raise SomethingWaits
    at = {(row["sender"], row["topic"], row["lane"]): row["number"] for row in before}
    work, due = Work(store), list[Message]()
    for sender, messages in arrived:
        lane = (sender.sender, messages[0].topic, messages[0].lane)
        here = in_turn(store.service.name, sender, messages, at.get(lane, 0))
        if here:
            due += here
            work.move(Position(*lane, at.get(lane, 0), here[-1].number))
    if due:
        told = [(message, react(message)) for message in due]
        work.fetch({each.stream: each.decider for _message, all_ in told for each in all_})
        for message, reactions in told:
            decide_on(work, message, reactions, acting)
        work.hear(due)
        work.commit()


_POSITIONS: Read = ("SELECT sender, topic, lane, number FROM inbox", ())


def _parked(arrived: Sequence[Arrived]) -> Read:
    topics = sorted({(sender.sender, messages[0].topic) for sender, messages in arrived})
    of_one = " OR ".join(["(sender = ? AND topic = ?)"] * len(topics))
    given = [part for topic in topics for part in topic]
    return f"SELECT COUNT(*) AS count FROM parked WHERE {of_one}", given  # noqa: S608  # marks
