"""Who must have answered before a service writes, and what it notices."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from shared.runtime.facts import Acting, Refused
from shared.runtime.hold import Held
from shared.runtime.inbox import Reaction
from shared.runtime.looking import Seen, StoreHearer, Watch
from shared.runtime.message import Message
from shared.runtime.outbox import StoreOutbox
from shared.runtime.regaining import accept, losses
from shared.runtime.seen_logs import Kept
from shared.runtime.store import Store
from shared.runtime.work import Work, lane_of
from tests.support.asking import by, request
from tests.support.bookings import LANES, TOPIC
from tests.support.places import everything

LANE = lane_of("booking-1", LANES)


@dataclass
class Elsewhere:
    """Somebody who saw the rows up to a number, and may be out of reach."""

    name: str = "elsewhere"
    seen_rows: list[Message] = field(default_factory=list)
    away: bool = False
    log: Kept | None = None

    def seen(self, sender: str) -> Sequence[Seen]:
        if self.away:
            raise ConnectionError
        last = [row for row in self.seen_rows if row.sender == sender][-1:]
        return [Seen(row.topic, row.lane, row.number, row.id) for row in last]

    def kept(self, sender: str, topic: str, lane: int, after: int) -> Sequence[Message]:
        place = (sender, topic, lane)
        rows = [row for row in self.seen_rows if (row.sender, row.topic, row.lane) == place]
        return [row for row in rows if row.number > after]

    def seen_log(self, _sender: str) -> Kept | None:
        return self.log


def row(number: int, id_: str = "") -> Message:
    name = id_ or f"id-{number}"
    place = ("bookings", TOPIC, LANE, number)
    return Message(*place, name, "booking.requested", "booking-1", "2026-03-01T00:00:00Z", "{}")


def came_back(store: Store) -> None:
    with store.transaction(commit=True) as run:
        run("INSERT INTO restores VALUES (1, '2026-03-01', 'restored', '[]')")


def nothing(_message: Message) -> Sequence[Reaction]:
    return ()


ACTING: Acting = by()


def test_whoever_does_not_answer_holds_nobody_up(store: Store) -> None:
    watch = Watch(store, [Elsewhere(away=True)])
    assert watch.look() is None
    assert not watch.over, "it is asked again"
    request(store, "booking-1")


def test_after_a_restore_everybody_must_have_answered(store: Store) -> None:
    came_back(store)
    other = Elsewhere(away=True)
    watch = Watch(store, [StoreHearer(store), other])
    hold = watch.look()
    assert hold is not None
    assert "elsewhere" in hold.words
    with pytest.raises(Held):
        request(store, "booking-1")
    other.away = False
    assert watch.look() is None
    assert watch.over
    request(store, "booking-1")
    other.away = True
    assert Watch(store, [other]).look() is None, "it was settled"


def test_a_store_that_was_put_back_by_hand_is_noticed_as_well(store: Store) -> None:
    request(store, "booking-1")
    other = Elsewhere(seen_rows=[row(2), row(3)])
    watch = Watch(store, [other])
    hold = watch.look()
    assert hold is not None
    assert [(gone.topic, gone.lane, gone.last, gone.seen) for gone in hold.gone] == [
        (TOPIC, LANE, 1, 3)
    ]
    assert not hold.otherwise
    with pytest.raises(Held):
        request(store, "booking-2")


def test_reads_are_recorded_while_it_is_held(store: Store) -> None:
    Watch(store, [Elsewhere(seen_rows=[row(1)])]).look()
    work = Work(store)
    work.entry("read", "booking-1", ACTING, what="a list")
    work.commit()
    assert len(store.rows("SELECT 1 FROM audit")) == 1


def test_another_story_under_the_same_number_holds_and_cannot_be_accepted(store: Store) -> None:
    request(store, "booking-1")
    watch = Watch(store, [Elsewhere(seen_rows=[row(1, "another")])])
    hold = watch.look()
    assert hold is not None
    assert hold.otherwise
    before = everything(store)
    with pytest.raises(Refused) as refused:
        accept(store, watch.hearers, "no reason", ACTING, nothing)
    assert refused.value.rule == "a-number-tells-one-story"
    assert everything(store) == before


def test_nothing_is_accepted_before_everybody_was_asked(store: Store) -> None:
    hearers = [Elsewhere(seen_rows=[row(1)]), Elsewhere("away", away=True)]
    with pytest.raises(Refused) as refused:
        accept(store, hearers, "no reason", ACTING, nothing)
    assert refused.value.rule == "everybody-is-asked-before-a-loss-is-accepted"


def test_what_is_given_back_is_put_together_from_all(store: Store) -> None:
    hearers = [Elsewhere("one", [row(1), row(4)]), Elsewhere("two", [row(2)])]
    _hold, (loss,) = losses(store, hearers)
    assert (sorted(loss.told), loss.for_good) == ([1, 2, 4], 1)
    accept(store, hearers, "a disk broke", ACTING, nothing)
    request(store, "booking-1")
    rows = StoreOutbox(store).rows(TOPIC, LANE, 0, 10)
    assert [each.number for each in rows] == [1, 2, 3, 4, 5]
    assert [each.id for each in rows][:2] == ["id-1", "id-2"]
    assert [each.type for each in rows] == [
        "booking.requested",
        "booking.requested",
        "staffetta.lost",
        "booking.requested",
        "booking.requested",
    ]
