"""The outbox read over HTTP keeps the contract of the store's own, from a server that listens."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from joserfc.jwk import OKPKey

from shared.runtime.facts import Acting
from shared.runtime.inbox import position, receive
from shared.runtime.outbox import StoreOutbox
from shared.runtime.store import Store
from shared.trust.tokens import Bearer, issue, read
from shared.web.application import application
from shared.web.calls import Edge
from shared.web.door import SERVICE_ROLE
from shared.web.outbox import MOST
from shared.web.peers import HttpOutbox
from staffetta.serving import in_a_thread, listening
from tests.support.asking import request
from tests.support.bookings import LANES, SERVICE, TOPIC
from tests.support.places import new_place
from tests.support.stores import STORES
from tests.support.web import Clock
from tests.wire import test_outbox as contract
from tests.wire.test_outbox import Sender

KEY, CLOCK = OKPKey.generate_key("Ed25519"), Clock()
PEER = Bearer("referral", "network", frozenset({SERVICE_ROLE}))

# All of the contract but the waking: who heals a gap asks, and does not wait.
test_it_begins_at_nought = contract.test_a_topic_begins_with_all_its_lanes_at_nought
test_it_tells_the_last_number = contract.test_heads_tell_the_last_number_of_each_lane
test_its_rows_come_in_order = contract.test_rows_come_in_order_from_after_the_number_that_was_asked
test_it_gives_no_more_than_asked = contract.test_no_more_rows_come_than_were_asked_for
test_a_row_tells_who_sent_what = contract.test_a_row_tells_who_sent_what_about_whom
test_a_row_keeps_its_id = contract.test_each_row_has_an_id_of_its_own_and_keeps_it
test_another_topic_is_empty = contract.test_another_topic_holds_nothing_of_this_one


def token(bearer: Bearer = PEER) -> str:
    return issue(KEY, bearer, CLOCK(), timedelta(minutes=5))


@contextmanager
def served(store: Store) -> Iterator[httpx.Client]:
    """The service on a socket that listens already: whoever calls early waits for the answer."""
    edge = Edge(store, lambda given: read(KEY, given, CLOCK), CLOCK, str)
    with (
        in_a_thread(application(edge, []), listening(0)) as address,
        httpx.Client(base_url=address, timeout=30) as client,
    ):
        yield client


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    opened = new_place(str(request.param), tmp_path).open(SERVICE)
    yield opened
    opened.close()


@pytest.fixture
def sender(store: Store) -> Iterator[Sender]:
    with served(store) as client:
        yield Sender(HttpOutbox("bookings", client, token), lambda key: request(store, key))


def test_it_is_row_for_row_what_the_store_itself_gives(store: Store) -> None:
    for number in range(20):
        request(store, f"booking-{number}")
    own = StoreOutbox(store)
    with served(store) as client:
        peer = HttpOutbox("bookings", client, token)
        assert peer.heads(TOPIC) == own.heads(TOPIC)
        for lane in range(LANES):
            assert peer.rows(TOPIC, lane, 0, 100) == own.rows(TOPIC, lane, 0, 100)
    assert sum(own.heads(TOPIC).values()) == 20


def test_a_gap_larger_than_a_page_is_healed(store: Store, tmp_path: Path) -> None:
    """More is missing than one request gives: the receiver gets all of it, in order."""
    many = MOST + 5
    _write_many(store, many)
    receiver = new_place("sqlite", tmp_path).open(SERVICE)
    with served(store) as client:
        peer = HttpOutbox("bookings", client, token)
        assert [row.number for row in peer.rows(TOPIC, 0, 0, many)] == list(range(1, many + 1))
        assert len(peer.rows(TOPIC, 0, 0, MOST)) == MOST
        assert peer.rows(TOPIC, 0, 0, 0) == []
        last = StoreOutbox(store).rows(TOPIC, 0, many - 1, 1)
        acting = Acting("relay", "bookings", CLOCK())
        assert receive(receiver, peer, last, lambda _message: [], lambda _message: acting) == many
    assert position(receiver, "bookings", TOPIC, 0) == many
    receiver.close()


def _write_many(store: Store, many: int) -> None:
    """So many rows of one lane, as an append would have left them."""
    with store.transaction(commit=True) as run:
        run("UPDATE lanes SET last = ? WHERE topic = ? AND lane = 0", (many, TOPIC))
        for number in range(1, many + 1):
            run(
                "INSERT INTO outbox (topic, lane, number, id, type, subject, at, data)"
                " VALUES (?, 0, ?, ?, 'booking.requested', 'b', '2026-03', '{}')",
                (TOPIC, number, f"id-{number}"),
            )


@pytest.mark.parametrize(
    ("bearer", "status"),
    [
        (Bearer("observatory", "network", frozenset({SERVICE_ROLE})), 403),
        (Bearer("referral", "network", frozenset({"coordinator"})), 403),
    ],
)
def test_a_refusal_is_an_error_and_never_an_empty_outbox(
    store: Store, bearer: Bearer, status: int
) -> None:
    with served(store) as client:
        peer = HttpOutbox("bookings", client, lambda: token(bearer))
        for ask in (lambda: peer.heads(TOPIC), lambda: peer.rows(TOPIC, 0, 0, 10)):
            with pytest.raises(httpx.HTTPStatusError) as refused:
                ask()
            assert refused.value.response.status_code == status


def test_each_request_asks_for_a_token_of_its_own(store: Store) -> None:
    asked: list[str] = []

    def fresh() -> str:
        asked.append(token())
        return asked[-1]

    with served(store) as client:
        peer = HttpOutbox("bookings", client, fresh)
        peer.heads(TOPIC)
        peer.rows(TOPIC, 0, 0, 10)
    assert len(asked) == 2
