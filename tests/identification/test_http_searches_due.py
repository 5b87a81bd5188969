"""Whoever records who somebody is learns that a search is due, and nothing of anybody else."""

import uuid
from typing import Any

from services.identification.cases.commands import RequestErasure
from services.identification.duplicates.policies import SEARCHES_A_DAY
from shared.codes import ErasureGround, Role
from shared.runtime.rebuild import rebuild
from tests.identification.desk import Desk, body
from tests.identification.given import IDENTIFY, LINK, OPEN
from tests.identification.twins import NUMBER, WRITTEN, at, sought
from tests.support.places import read_tables

LOOK = ["seek-duplicates"]


def due(desk: Desk, organisation: str = "hotline", *roles: str) -> list[str]:
    answer = desk.web.get("/duplicates/due", desk.by(organisation, *roles))
    assert answer.status_code == 200, answer.text
    return [one["key"] for one in answer.json()["items"]]


def steps(desk: Desk, case: str) -> Any:
    return desk.seen(case)["next_steps"]


def test_it_is_said_as_soon_as_there_is_something_to_search_by_until_somebody_looked(
    desk: Desk,
) -> None:
    opened = desk.web.post("/cases", body(OPEN, contact=desk.report()), desk.by()).json()
    case = opened["id"]
    assert opened["next_steps"] == steps(desk, case) == due(desk) == [], "nothing to search by"
    told = desk.ask(case, IDENTIFY)
    assert told.json()["next_steps"] == steps(desk, case) == LOOK
    assert due(desk) == [case]
    sought(desk, case)
    assert steps(desk, case) == due(desk) == []
    assert desk.ask(case, IDENTIFY, reach=NUMBER).json()["next_steps"] == LOOK
    assert due(desk) == [case]


def test_a_number_that_a_contact_told_is_something_to_search_by(desk: Desk) -> None:
    asked = body(OPEN, contact=desk.report(callback=NUMBER))
    opened = desk.web.post("/cases", asked, desk.by()).json()
    assert opened["next_steps"] == LOOK
    sought(desk, opened["id"])
    linked = desk.ask(opened["id"], LINK, contact=desk.report(callback="+39 051 2193111"))
    assert linked.json()["next_steps"] == LOOK
    assert due(desk) == [opened["id"]]


def test_it_says_the_same_whoever_is_known(desk: Desk) -> None:
    at(desk, "porto", name="Arta Hoxha", birth_date="2001")
    known, unknown = desk.open(), desk.open()
    told = [
        desk.ask(known, IDENTIFY).json(),
        desk.ask(unknown, IDENTIFY, name="Nobody Else", birth_date="1990").json(),
    ]
    assert [{**one, "id": ""} for one in told] == [{"id": "", "version": 2, "next_steps": LOOK}] * 2


def test_a_search_that_was_refused_was_none(desk: Desk) -> None:
    searched, case = at(desk, "hotline", **WRITTEN), at(desk, "hotline", **WRITTEN)
    for _time in range(SEARCHES_A_DAY):
        sought(desk, searched)
    assert desk.web.post(f"/cases/{case}/duplicates", {}, desk.by()).status_code == 409
    assert due(desk) == [case]


def test_each_organisation_is_told_of_its_own_and_the_coordinator_of_all(desk: Desk) -> None:
    ours, theirs = at(desk, "hotline", **WRITTEN), at(desk, "porto", **WRITTEN)
    assert (due(desk), due(desk, "porto")) == ([ours], [theirs])
    assert due(desk, "regione", Role.COORDINATOR) == sorted([ours, theirs])
    first = desk.web.get("/duplicates/due?limit=1", desk.by("regione", Role.COORDINATOR)).json()
    path = f"/duplicates/due?limit=1&after={first['next']}"
    then = desk.web.get(path, desk.by("regione", Role.COORDINATOR)).json()
    both = [first["items"][0]["key"], then["items"][0]["key"]]
    assert (both, then["next"]) == (sorted([ours, theirs]), None)
    nobody = desk.web.get("/duplicates/due", desk.by("hotline", Role.ANALYST))
    assert nobody.status_code == 403
    assert desk.refusals("cases") == ["who-seeks-duplicates-is-told-where-a-search-is-due"]


def test_nobody_is_to_be_sought_who_is_to_be_forgotten_and_the_list_is_made_again(
    desk: Desk,
) -> None:
    case, erased = at(desk, "hotline", **WRITTEN), at(desk, "hotline", **WRITTEN)
    asked = body(RequestErasure(ground=ErasureGround.CONSENT_WITHDRAWN))
    path = f"/cases/{erased}/erasure"
    assert desk.web.post(path, asked, desk.by(), key=uuid.uuid4().hex).status_code == 200
    assert due(desk) == [case]
    live = read_tables(desk.web.store)
    assert [row["key"] for row in live["unsought"]] == [case]
    rebuild(desk.web.store, lambda _done, _total: None)
    assert read_tables(desk.web.store) == live
