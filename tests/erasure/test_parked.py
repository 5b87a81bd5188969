"""What could not be applied of a person does not hold their erasure up, and goes with it."""

import pytest

from shared.contracts.identification import ErasureRequested
from shared.runtime.forgetting import GONE
from shared.runtime.message import Message
from shared.runtime.park import park
from shared.runtime.rows import Parked
from shared.runtime.store import Store
from tests.erasure.person import ask, helped, left, names, state
from tests.erasure.places import FourStores, over

TOPIC = "staffetta.identification.events"


def parked(store: Store, case: str) -> None:
    """As if an earlier message of the case could not be applied."""
    (row,) = store.rows("SELECT * FROM heard WHERE subject = ? ORDER BY number LIMIT 1", (case,))[
        :1
    ]
    told = Message("identification", TOPIC, row["lane"], row["number"], "m-1", "t", case, "", "{}")
    with store.transaction(commit=True) as run:
        park(run, Parked(told, "ValueError"))


@pytest.mark.parametrize("one", ["referral", "assistance"])
def test_it_does_not_wait_and_they_are_gone(place: FourStores, one: str) -> None:
    with place.opened() as installation:
        case, another = helped(installation), helped(installation)
        for each in (case, another):
            parked(installation.stores[one], each)
        ask(installation, case)
        over(installation)
        assert state(installation, case).completed
        subjects = installation.stores[one].rows("SELECT subject FROM parked")
        assert [row["subject"] for row in subjects] == [another]
        assert names(installation, one, case).count("erasure.keys-destroyed.v1") == 1


def test_kept_messages_lose_what_they_said_and_keep_their_place(place: FourStores) -> None:
    with place.opened() as installation:
        case = helped(installation)
        store = installation.stores["referral"]
        before = store.rows("SELECT sender, lane, number, id FROM heard ORDER BY 1, 2, 3")
        ask(installation, case)
        over(installation)
        after = store.rows("SELECT sender, lane, number, id FROM heard ORDER BY 1, 2, 3")
        assert [row for row in after if row in before] == before, "by these, losses are noticed"
        told = store.rows("SELECT type, data FROM heard WHERE subject = ?", (case,))
        assert ErasureRequested.type in {row["type"] for row in told}
        assert {row["type"] for row in told} <= _OF_THE_ERASURE
        emptied = store.rows("SELECT data FROM heard WHERE type = ?", (GONE,))
        assert emptied
        assert {row["data"] for row in emptied} == {"{}"}
        assert left(installation, case) == {}


_OF_THE_ERASURE = {
    "org.staffetta.identification.erasure-requested.v1",
    "org.staffetta.identification.keys-destroyed.v1",
    "org.staffetta.identification.erasure-completed.v1",
    "org.staffetta.assistance.keys-destroyed.v1",
}
