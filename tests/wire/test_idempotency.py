"""The same key twice gives the same answer and one effect; another body under it is refused."""

import json

import pytest

from shared.runtime.facts import Acting, Refused
from shared.runtime.handle import Answer, Key, handle
from shared.runtime.store import Store
from tests.support.asking import ask, by, open_desk, request
from tests.support.bookings import BOOKINGS, NOW, AcceptBooking, AddNote, RequestInterpreter
from tests.support.places import everything
from tests.support.threads import at_once

ALBANIAN = RequestInterpreter(language="sq")
FREE_SEAT = "an-open-booking-takes-a-free-seat"


def test_the_same_key_and_body_give_the_same_answer_and_one_effect(store: Store) -> None:
    first = ask(store, "booking-1", ALBANIAN, key="k-1")
    before = everything(store)
    again = ask(store, "booking-1", ALBANIAN, key="k-1")
    assert first == Answer("booking-1", 1, replayed=False)
    assert again == Answer("booking-1", 1, replayed=True)
    assert everything(store) == before


def test_eight_at_once_under_one_key_have_one_effect(store: Store) -> None:
    request(store, "booking-1")
    answers: list[Answer] = []

    def note(_writer: int) -> None:
        answers.append(ask(store, "booking-1", AddNote(text="called back"), key="k-1"))

    at_once(8, note)
    assert {(answer.id, answer.version) for answer in answers} == {("booking-1", 2)}
    assert [answer.replayed for answer in answers].count(False) == 1
    assert len(store.events("booking-1")) == 2


def test_the_answer_given_again_is_the_first_though_the_stream_moved_on(store: Store) -> None:
    ask(store, "booking-1", ALBANIAN, key="k-1")
    ask(store, "booking-1", AddNote(text="called back"), key="k-2")
    assert ask(store, "booking-1", ALBANIAN, key="k-1").version == 1


@pytest.mark.parametrize("other", [RequestInterpreter(language="ro"), AddNote(text="sq")])
def test_another_request_under_a_used_key_is_refused(
    store: Store, other: RequestInterpreter | AddNote
) -> None:
    ask(store, "booking-1", ALBANIAN, key="k-1")
    before = store.events("booking-1")
    with pytest.raises(Refused) as refused:
        ask(store, "booking-1", other, key="k-1")
    assert (refused.value.rule, refused.value.kind) == (
        "one-idempotency-key-one-request",
        "content",
    )
    assert store.events("booking-1") == before
    (entry,) = store.rows("SELECT entry FROM audit WHERE entry IS NOT NULL")
    assert json.loads(entry["entry"])["rule"] == "one-idempotency-key-one-request"


class Reminder(AddNote):
    """Another request, that says the same."""


def test_another_kind_of_request_with_the_same_words_is_another_request(store: Store) -> None:
    request(store, "booking-1")
    ask(store, "booking-1", AddNote(text="call back"), key="k-1")
    with pytest.raises(Refused, match="another request"):
        ask(store, "booking-1", Reminder(text="call back"), key="k-1")


def test_another_path_under_a_used_key_is_refused(store: Store) -> None:
    key = Key("desk/op-1", "k-1")
    handle(store, BOOKINGS, "booking-1", ALBANIAN, by(), key=key, path="/bookings/1")
    with pytest.raises(Refused, match="another request"):
        handle(store, BOOKINGS, "booking-2", ALBANIAN, by(), key=key, path="/bookings/2")


def test_another_operators_same_key_is_another_key(store: Store) -> None:
    ask(store, "booking-1", ALBANIAN, key="k-1", operator="op-1")
    ask(store, "booking-2", RequestInterpreter(language="ro"), key="k-1", operator="op-2")
    assert len(store.rows("SELECT * FROM bookings")) == 2


def test_a_refusal_is_remembered_under_its_key(store: Store) -> None:
    request(store, "booking-1")
    for _time in (1, 2):
        with pytest.raises(Refused) as refused:
            ask(store, "booking-1", AcceptBooking(desk="desk-1"), key="k-1")
        assert (refused.value.rule, refused.value.kind) == (FREE_SEAT, "state")
    assert len(store.rows("SELECT * FROM audit WHERE entry IS NOT NULL")) == 1


def test_a_remembered_refusal_stands_though_it_would_be_allowed_by_now(store: Store) -> None:
    request(store, "booking-1")
    accept = AcceptBooking(desk="desk-1")
    with pytest.raises(Refused):
        ask(store, "booking-1", accept, key="k-1")
    open_desk(store, "desk-1", 1)
    with pytest.raises(Refused):
        ask(store, "booking-1", accept, key="k-1")
    assert ask(store, "booking-1", accept, key="k-2").version == 2


def test_a_refusal_is_kept_in_the_audit_log_without_a_key_too(store: Store) -> None:
    with pytest.raises(Refused):
        handle(store, BOOKINGS, "b-1", AcceptBooking(desk="d"), Acting("op-7", "desk", NOW))
    (entry,) = store.rows("SELECT stream, entry FROM audit")
    told = json.loads(entry["entry"])
    assert (told["kind"], told["rule"], told["command"]) == ("refusal", FREE_SEAT, "AcceptBooking")
    assert (told["by"], told["org"], entry["stream"]) == ("op-7", "desk", "b-1")


def test_a_command_without_a_key_is_new_each_time(store: Store) -> None:
    request(store, "booking-1")
    for version in (2, 3):
        assert ask(store, "booking-1", AddNote(text="again")).version == version
