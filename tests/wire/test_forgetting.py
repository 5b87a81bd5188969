"""What is forgotten goes in the append that says so, and of a refusal nothing remains."""

from dataclasses import replace

import pytest
from pydantic import SecretStr

from shared.runtime.facts import Change, Fact, Refused
from shared.runtime.mapper import Names
from shared.runtime.store import Store
from shared.runtime.tables import write_changes
from shared.runtime.work import Work
from shared.trust.keys import DestroyedKey
from shared.trust.protected import Narrative, Protected
from shared.trust.pseudonyms import ROOT, pseudonym
from tests.support.asking import by, open_desk, request
from tests.support.bookings import BOOKINGS, DESKS, OpenDesk

WIDE = Change("bookings", "open", None, "status")


def row(key: str, status: str) -> Change:
    return Change("bookings", key, {"status": status, "language": "sq"})


def test_nothing_goes_past_a_change_of_many_rows(store: Store) -> None:
    told = [row("a", "open"), row("b", "shut"), WIDE, row("a", "open"), row("a", "shut")]
    with store.transaction(commit=True) as run:
        write_changes(run, told)
        together = run("SELECT key, status FROM bookings ORDER BY key")
        write_changes(run, [*told, WIDE, row("b", "open"), WIDE])
        assert run("SELECT key FROM bookings") == [{"key": "a"}]
    assert together == [{"key": "a", "status": "shut"}, {"key": "b", "status": "shut"}]


def test_a_change_of_many_rows_concerns_those_and_no_other(store: Store) -> None:
    with store.transaction(commit=True) as run:
        for change in (row("a", "open"), row("b", "shut"), row("c", "open")):
            write_changes(run, [change])
        write_changes(run, [Change("bookings", "shut", {"language": "it"}, "status")])
        write_changes(run, [WIDE])
        found = run("SELECT key, language FROM bookings")
    assert found == [{"key": "b", "language": "it"}]


class Told(Fact):
    stored_name = "told.v1"
    story: Protected[Narrative] | None = None


def test_where_a_key_is_destroyed_all_of_the_decision_is_refused(store: Store) -> None:
    store.service = replace(store.service, names=Names([*store.service.names.facts.values(), Told]))
    store.keys.destroy("desk-1")
    told = Told(story=Protected[Narrative](clear=SecretStr("told")))
    decider = replace(DESKS, decide=lambda *_asked: [Told(), told])
    work = Work(store)
    with pytest.raises(Refused) as refused:
        work.decide(decider, "desk-1", OpenDesk(seats=1), by())
    assert refused.value.rule == "what-was-erased-stays-erased"
    work.commit()
    assert list(store.events("desk-1")) == []


def test_a_new_stream_has_a_root_and_one_from_before_keeps_its_pseudonym(store: Store) -> None:
    open_desk(store, "desk-1", 3)
    request(store, "booking-1")
    audience = store.keys.secret("observatory")
    work = Work(store)
    work.load({"desk-1": DESKS, "booking-2": BOOKINGS})
    assert work._pseudonym("desk-1") == pseudonym(audience, "desk-1")
    first = work._pseudonym("booking-2")
    assert first == pseudonym(audience, store.keys.known_key("booking-2", ROOT).hex())
    assert first == work._pseudonym("booking-2") != pseudonym(audience, "booking-2")
    store.keys.destroy("booking-2")
    with pytest.raises(DestroyedKey):
        work._pseudonym("booking-2")
