"""What was seen and what is guarded: nothing is committed on a stream that has moved."""

import pytest

from shared.runtime.facts import Refused
from shared.runtime.store import Conflict, Store
from shared.runtime.work import Work
from tests.support.asking import ask, booking, by, open_desk, request
from tests.support.bookings import BOOKINGS, AcceptBooking, AddNote, RequestInterpreter
from tests.support.places import everything
from tests.support.threads import at_once

NOTE = AddNote(text="called back")


def test_the_version_that_was_seen_lets_the_command_through(store: Store) -> None:
    request(store, "booking-1")
    assert ask(store, "booking-1", NOTE, expected=1).version == 2


@pytest.mark.parametrize("seen", [0, 2])
def test_another_version_than_was_seen_is_refused(store: Store, seen: int) -> None:
    request(store, "booking-1")
    with pytest.raises(Refused) as refused:
        ask(store, "booking-1", NOTE, expected=seen)
    assert (refused.value.rule, refused.value.kind) == ("the-version-you-saw", "stale")
    assert len(store.events("booking-1")) == 1


def test_version_nought_means_that_nothing_was_there(store: Store) -> None:
    asked = RequestInterpreter(language="sq")
    assert ask(store, "booking-1", asked, expected=0).version == 1


def test_of_eight_who_saw_the_same_version_one_wins(store: Store) -> None:
    request(store, "booking-1")
    rules: list[str] = []

    def note(_writer: int) -> None:
        try:
            ask(store, "booking-1", NOTE, expected=1)
        except Refused as refused:
            rules.append(refused.rule)

    at_once(8, note)
    assert rules == ["the-version-you-saw"] * 7
    assert booking(store, "booking-1").notes == ("called back",)


def test_work_that_rests_on_a_stream_that_moved_meanwhile_leaves_nothing(store: Store) -> None:
    request(store, "booking-1")
    work = Work(store)
    work.state(BOOKINGS, "booking-1")
    work.guard("booking-1")
    work.entry("read", "booking-1", by(), what="the notes")
    ask(store, "booking-1", NOTE)
    before = everything(store)
    with pytest.raises(Conflict):
        work.commit()
    assert everything(store) == before


def test_work_that_rests_on_a_stream_that_stood_still_is_committed(store: Store) -> None:
    request(store, "booking-1")
    work = Work(store)
    work.state(BOOKINGS, "booking-1")
    work.guard("booking-1")
    work.entry("read", "booking-1", by(), what="the notes")
    work.commit()
    assert len(store.rows("SELECT * FROM audit WHERE entry IS NOT NULL")) == 1


def test_a_decision_that_only_read_a_second_stream_does_not_outlive_its_change(
    store: Store,
) -> None:
    request(store, "booking-1")
    work = Work(store)
    with pytest.raises(Refused):
        work.decide(BOOKINGS, "booking-1", AcceptBooking(desk="desk-1"), by())
    told = {"command": "AcceptBooking", "rule": "an-open-booking-takes-a-free-seat"}
    work.entry("refusal", "booking-1", by(), **told)
    open_desk(store, "desk-1", 1)
    before = everything(store)
    with pytest.raises(Conflict):
        work.commit()
    assert everything(store) == before


def test_a_decision_that_read_a_second_stream_is_taken_again_when_that_moved(store: Store) -> None:
    """One seat, eight bookings: none is taken twice, though each decides in its own stream."""
    open_desk(store, "desk-1", 1)
    for number in range(8):
        request(store, f"booking-{number}")
    refused: list[str] = []

    def accept(number: int) -> None:
        try:
            ask(store, f"booking-{number}", AcceptBooking(desk="desk-1"))
        except Refused as no:
            refused.append(no.rule)

    at_once(8, accept)
    assert refused == ["an-open-booking-takes-a-free-seat"] * 7
    assert len(store.rows("SELECT * FROM bookings WHERE status = 'accepted'")) == 1
    assert len(store.events("desk-1")) == 2
