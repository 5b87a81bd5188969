"""Looking at what others saw of us, before we write: after a restore they may have seen more.

Numbers are promised to others once they saw them. A service that forgot some must not give them
to other facts: whoever heard the old ones would take the new ones for duplicates.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from shared.runtime.heard import kept
from shared.runtime.hold import Gone, Hold
from shared.runtime.log import log
from shared.runtime.message import Message
from shared.runtime.seen_logs import Kept, first_contradicted, kept_of
from shared.runtime.store import Row, Store

LOOK_AGAIN_SECONDS = 2.0
Told = Mapping[int, Message]


@dataclass(frozen=True)
class Seen:
    """How far a lane of ours was seen, and the last row's id, where it is still known."""

    topic: str
    lane: int
    number: int
    id: str | None


class Hearer(Protocol):
    """Whoever keeps something of what we told: a service that hears us, or the broker."""

    name: str

    def seen(self, sender: str) -> Sequence[Seen]:
        """How far it saw each lane of a sender."""
        ...

    def kept(self, sender: str, topic: str, lane: int, after: int) -> Sequence[Message]:
        """The next rows above `after` that it can give back, in order; none where it has none."""
        ...

    def seen_log(self, sender: str) -> Kept | None:
        """What it saw last of a sender's audit log, as its witness."""
        ...


class StoreHearer:
    """A service that hears us, looked at in its own store."""

    def __init__(self, store: Store) -> None:
        self._store, self.name = store, store.service.name

    def seen(self, sender: str) -> Sequence[Seen]:
        return [
            Seen(row["topic"], row["lane"], row["number"], row["id"])
            for row in applied(self._store)
            if row["sender"] == sender
        ]

    def kept(self, sender: str, topic: str, lane: int, after: int) -> Sequence[Message]:
        return kept(self._store, sender, topic, lane, after)

    def seen_log(self, sender: str) -> Kept | None:
        return kept_of(self._store, sender)


def applied(store: Store) -> Sequence[Row]:
    """How far each sender's lane was applied here, and the id of the last message, if kept."""
    return store.rows(
        "SELECT inbox.sender, inbox.topic, inbox.lane, inbox.number, heard.id FROM inbox"
        " LEFT JOIN heard ON heard.sender = inbox.sender AND heard.topic = inbox.topic"
        " AND heard.lane = inbox.lane AND heard.number = inbox.number"
        " ORDER BY inbox.sender, inbox.topic, inbox.lane"
    )


@dataclass
class Watch:
    """A store, and who can say what they saw of it."""

    store: Store
    hearers: Sequence[Hearer]
    released: Callable[[], object] = lambda: None
    """What must be done before a store that was held is written to again."""
    _asked: set[str] = field(default_factory=set)
    _unasked: set[str] = field(default_factory=set)

    @property
    def over(self) -> bool:
        """Nothing is in doubt: everybody answered once, nothing is held or shown by a witness."""
        settled = self.store.hold is None and not self.store.shown
        return settled and self._asked >= {each.name for each in self.hearers}

    def look(self) -> Hold | None:
        """Hold the store where others saw more than it has, or let it go on.

        After a restore everybody must have answered before anything is written. Otherwise a
        hearer that does not answer holds nobody up: it is asked again, and would itself notice.
        """
        self.store.shown = False
        hold = found(self.store, self.hearers)
        asked = {each.name for each in self.hearers} - set(hold.unasked)
        for name in sorted(set(hold.unasked) - self._unasked):
            log().warning("unasked", service=self.store.service.name, sender=name)
        self._asked, self._unasked = asked, set(hold.unasked)
        state = restored(self.store)
        known = hold.gone or hold.otherwise or hold.regaining or hold.log
        stops = known or (state and hold.unasked)
        if state and not stops:
            settle(self.store)
        if self.store.hold and not stops:
            self.released()
        self.store.hold = hold if stops else None
        return self.store.hold


def watch_until(ending: threading.Event, watches: Sequence[Watch]) -> None:
    """Look again while something is in doubt; another process may settle it."""
    for watch in watches:
        if watch.store.hold:
            log().error("held", service=watch.store.service.name)
    while not ending.wait(LOOK_AGAIN_SECONDS):
        for watch in watches:
            if not watch.over:
                _looked(watch)


def _looked(watch: Watch) -> None:
    try:
        watch.look()
    except Exception as fault:  # whatever it was, this must live to look again
        log().error("looking", service=watch.store.service.name, error=type(fault).__name__)


def found(store: Store, hearers: Sequence[Hearer]) -> Hold:
    """What others say they saw of this store, compared with what is here."""
    told: dict[tuple[str, int], list[Seen]] = {}
    unasked, logs = [], list[Kept]()
    for hearer in hearers:
        try:
            if log_seen := hearer.seen_log(store.service.name):
                logs.append(log_seen)
            for seen in hearer.seen(store.service.name):
                told.setdefault((seen.topic, seen.lane), []).append(seen)
        except Exception:  # whatever it was: it did not answer, and is named so
            unasked.append(hearer.name)
    # After what others saw: a row that comes meanwhile is no loss.
    ours = {
        (row["topic"], row["lane"]): row["last"]
        for row in store.rows("SELECT topic, lane, last FROM lanes")
    }
    gone, otherwise = [], []
    for (topic, lane), seens in sorted(told.items()):
        last, most = ours.get((topic, lane), 0), max(seen.number for seen in seens)
        if most > last:
            gone.append(Gone(topic, lane, last, most))
        if any(_another(store, seen) for seen in seens if 0 < seen.number <= last):
            otherwise.append(Gone(topic, lane, 0, most))
    of_log = first_contradicted(store, logs)
    return Hold(gone, otherwise, unasked, restored(store) == "regaining", of_log)


def restored(store: Store) -> str:
    """Whether a restore is unsettled here: empty, `restored`, or `regaining` what was lost."""
    states = store.rows("SELECT state FROM restores WHERE state <> 'settled' ORDER BY id DESC")
    return str(states[0]["state"]) if states else ""


def settle(store: Store) -> None:
    with store.transaction(commit=True) as run:
        run("UPDATE restores SET state = 'settled' WHERE state <> 'settled'")


def _another(store: Store, seen: Seen) -> bool:
    if seen.id is None:
        return False
    ours = store.rows(
        "SELECT id FROM outbox WHERE topic = ? AND lane = ? AND number = ?",
        (seen.topic, seen.lane, seen.number),
    )
    return bool(ours) and ours[0]["id"] != seen.id


def given_back(hearers: Sequence[Hearer], sender: str, lane: Gone) -> Told:
    """What others can give back of a lane's lost numbers; who does not answer gives nothing."""
    back: dict[int, Message] = {}
    for hearer in hearers:
        after = lane.last
        while rows := hearer.kept(sender, lane.topic, lane.lane, after):
            for row in rows:
                if row.number <= lane.seen:
                    back.setdefault(row.number, row)
            after = rows[-1].number
    return back
