"""Old stored forms are read as today's, however old: first form, second form, third form."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from eventsourcing.persistence import StoredEvent
from hypothesis import given
from hypothesis import strategies as st

from shared.runtime.append import Append, instant
from shared.runtime.loading import load
from shared.runtime.mapper import Names, envelope
from shared.runtime.rebuild import rebuild
from shared.runtime.rows import Leaf
from shared.runtime.store import Store
from shared.trust.merkle import leaf_hash
from tests.support.asking import ask
from tests.support.bookings import (
    BOOKINGS,
    EVENTS,
    NOW,
    SERVICE,
    TOMORROW,
    AddNote,
    InterpreterRequested,
)
from tests.support.places import StorePlace, read_tables

_TAGS = {"albanian": "sq", "romanian": "ro"}


def _second_form(data: dict[str, Any]) -> dict[str, Any]:
    """The first form had a language in words; the second has its tag."""
    return {"language": _TAGS[data["tongue"]], "within_days": data["within_days"]}


def _third_form(data: dict[str, Any]) -> dict[str, Any]:
    """The second form had days to answer; the third has the moment."""
    due = NOW.replace(day=NOW.day + data["within_days"])
    return {"language": data["language"], "answer_by": due.isoformat()}


NAMES = Names(
    EVENTS,
    upcasters={
        "booking.requested.v1": (_second_form, "booking.requested.v2"),
        "booking.requested.v2": (_third_form, "booking.requested.v3"),
    },
)
FORMS: dict[str, dict[str, Any]] = {
    "booking.requested.v1": {"tongue": "albanian", "within_days": 1},
    "booking.requested.v2": {"language": "sq", "within_days": 1},
    "booking.requested.v3": {"language": "sq", "answer_by": instant(TOMORROW)},
}
TODAY = InterpreterRequested(language="sq", answer_by=TOMORROW)


def stored(name: str, data: dict[str, Any], stream: str = "booking-1") -> StoredEvent:
    body = {"at": instant(NOW), "by": "op-1", "org": "desk", "data": data}
    return StoredEvent(stream, 1, name, json.dumps(body).encode())


@pytest.fixture
def old(place: StorePlace) -> Iterator[Store]:
    """A store with one booking in each form that was ever written."""
    store = place.open(replace(SERVICE, names=NAMES))
    for number, (name, data) in enumerate(FORMS.items(), 1):
        event = stored(name, data, f"booking-{number}")
        leaf = Leaf(leaf_hash(envelope("bookings", event)), f"booking-{number}", 1, None)
        store.append([event], Append(leaves=[leaf]))
    yield store
    store.close()


@pytest.mark.parametrize("name", FORMS)
def test_every_form_reads_as_todays(name: str) -> None:
    recorded = NAMES.recorded(stored(name, FORMS[name]))
    assert recorded.event == TODAY
    assert (recorded.stream, recorded.version, recorded.at) == ("booking-1", 1, NOW)
    assert (recorded.operator, recorded.organisation) == ("op-1", "desk")


@given(tongue=st.sampled_from(sorted(_TAGS)), days=st.integers(1, 20))
def test_whatever_the_first_form_held_is_in_todays(tongue: str, days: int) -> None:
    told = {"tongue": tongue, "within_days": days}
    event = NAMES.recorded(stored("booking.requested.v1", told)).event
    assert isinstance(event, InterpreterRequested)
    assert (event.language, (event.answer_by - NOW).days) == (_TAGS[tongue], days)


def test_a_stream_that_began_in_an_old_form_goes_on_in_todays(old: Store) -> None:
    for number in (1, 2, 3):
        assert ask(old, f"booking-{number}", AddNote(text="still open")).version == 2
        state, _version = load(old, BOOKINGS, f"booking-{number}")
        assert (state.status, state.answer_by, state.notes) == ("open", TOMORROW, ("still open",))


def test_read_tables_are_rebuilt_from_every_form(old: Store) -> None:
    rebuild(old, lambda _done, _total: None)
    row = {"status": "open", "language": "sq"}
    assert read_tables(old)["bookings"] == [{"key": f"booking-{n}", **row} for n in (1, 2, 3)]


def test_what_is_stored_stays_as_it_was_written_and_so_does_its_leaf(old: Store) -> None:
    rebuild(old, lambda _done, _total: None)
    (first,) = old.events("booking-1")
    assert (first.topic, json.loads(first.state)["data"]) == (
        "booking.requested.v1",
        FORMS["booking.requested.v1"],
    )
    (leaf,) = old.rows("SELECT hash FROM audit WHERE stream = 'booking-1'")
    assert bytes(leaf["hash"]) == leaf_hash(envelope("bookings", first))


def test_a_name_that_nobody_knows_is_an_error() -> None:
    with pytest.raises(KeyError):
        NAMES.recorded(stored("booking.requested.v9", {}))


def test_two_facts_cannot_claim_one_name() -> None:
    with pytest.raises(ValueError, match="the same stored name"):
        Names([InterpreterRequested, InterpreterRequested])
