"""How far behind a service is: rows that it has not sent yet, messages that it has not applied."""

from collections.abc import Mapping, Sequence

from shared.runtime.outbox import Outbox
from shared.runtime.store import Store

TOO_MANY = 10_000
"""More than this is not the ordinary delay of a busy hour: what a service shows is old."""


def unsent(store: Store) -> int:
    """Rows of the outbox that the broker has not acknowledged."""
    (found,) = store.rows(
        "SELECT COALESCE(SUM(lanes.last - COALESCE(relayed.number, 0)), 0) AS count FROM lanes"
        " LEFT JOIN relayed ON relayed.topic = lanes.topic AND relayed.lane = lanes.lane"
    )
    return int(found["count"])


def unapplied(store: Store, sender: Outbox, topic: str) -> int:
    """Messages that a sender has written on a topic, and that were not applied here."""
    heads = sender.heads(topic)
    applied = store.rows(
        "SELECT lane, number FROM inbox WHERE sender = ? AND topic = ?", (sender.sender, topic)
    )
    done = {row["lane"]: row["number"] for row in applied}
    return sum(max(0, head - done.get(lane, 0)) for lane, head in heads.items())


def lag_trouble(
    store: Store, hears: Sequence[tuple[str, str]], senders: Mapping[str, Outbox]
) -> str:
    """Of whom too much was not applied yet, in words; empty where all is well. `hears`: (sender,
    topic) pairs."""
    behind = [
        f"{count} messages of {sender} not applied"
        for sender, topic in hears
        if (count := unapplied(store, senders[sender], topic)) > TOO_MANY
    ]
    return "; ".join(behind)
