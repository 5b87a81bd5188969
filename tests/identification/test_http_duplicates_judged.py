"""Duplicates over HTTP: judged by people, sought by few and not too often, and only once."""

import uuid

from services.identification.duplicates.policies import SEARCHES_A_DAY
from shared.codes import Role
from tests.identification.desk import Desk
from tests.identification.twins import NUMBER, WRITTEN, at, judged, sought


def test_who_was_judged_another_does_not_come_back_and_the_same_stays_and_nothing_is_merged(
    desk: Desk,
) -> None:
    case, twin = at(desk, "hotline", **WRITTEN), at(desk, "hotline", **WRITTEN)
    stranger = at(desk, "hotline", **WRITTEN)
    before = desk.seen(twin)
    offered = {one["case"]: one["candidate"] for one in sought(desk, case)}
    judged(desk, case, offered[stranger], "different")
    judged(desk, case, offered[twin], "same")
    assert [(one["case"], one["judgement"]) for one in sought(desk, case)] == [(twin, "same")]
    assert {one["case"] for one in sought(desk, stranger)} == {case, twin}, "each decides itself"
    assert desk.seen(twin) == before
    assert desk.names(case)[-4:] == [
        "case.duplicates-sought.v1",
        "case.candidate-judged.v1",
        "case.candidate-judged.v1",
        "case.duplicates-sought.v1",
    ]


def test_a_contact_that_was_judged_another_does_not_come_back_as_a_case(desk: Desk) -> None:
    case, contact = at(desk, "hotline", reach=NUMBER), desk.report(callback=NUMBER)
    (one,) = sought(desk, case)
    judged(desk, case, one["candidate"], "different")
    desk.open(contact)
    assert sought(desk, case) == []


def test_nobody_else_is_told_anything_and_it_is_kept(desk: Desk) -> None:
    case, _twin = at(desk, "hotline", **WRITTEN), at(desk, "porto", **WRITTEN)
    for by in (
        desk.by("porto"),
        desk.by("hotline", Role.ANALYST),
        desk.by("hotline", "police-officer"),
    ):
        answer = desk.web.post(f"/cases/{case}/duplicates", {}, by)
        assert answer.status_code == 403
        assert 'candidate"' not in answer.text
    assert len(desk.refusals(case)) == 3
    nobody = desk.web.post(f"/cases/case-{'0' * 32}/duplicates", {}, desk.by())
    assert nobody.status_code == 404


def test_a_search_that_is_repeated_is_one_search_and_shows_no_more(desk: Desk) -> None:
    case, twin = at(desk, "hotline", **WRITTEN), at(desk, "hotline", **WRITTEN)
    path, key = f"/cases/{case}/duplicates", uuid.uuid4().hex
    first = desk.web.post(path, {}, desk.by(), key=key)
    at(desk, "hotline", **WRITTEN)
    again = desk.web.post(path, {}, desk.by(), key=key)
    assert again.json() == first.json()
    assert [one["case"] for one in again.json()["candidates"]] == [twin]
    assert desk.names(case).count("case.duplicates-sought.v1") == 1
    found = desk.web.store.rows(
        "SELECT entry FROM audit WHERE entry LIKE ?", ("%the candidates again%",)
    )
    assert len(found) == 1
    lost = desk.web.post(path, {}, desk.by("hotline", Role.ANALYST), key=key)
    assert (lost.status_code, desk.refusals(case)) == (
        403,
        ["the-custodians-case-manager-or-the-coordinator-seeks-duplicates"],
    )


def test_whoever_tries_one_name_after_the_other_meets_an_end(desk: Desk) -> None:
    cases = [at(desk, "hotline", **WRITTEN), at(desk, "hotline", **WRITTEN)]
    for number in range(SEARCHES_A_DAY):
        sought(desk, cases[number % 2])
    path = f"/cases/{cases[0]}/duplicates"
    ended = desk.web.post(path, {}, desk.by())
    assert (ended.status_code, ended.json()["rule"]) == (409, "an-operator-searches-only-so-often")
    another = desk.by("hotline", Role.CASE_MANAGER, operator="op-2")
    assert desk.web.post(path, {}, another).status_code == 201
