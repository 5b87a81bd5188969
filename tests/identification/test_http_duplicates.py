"""Duplicates over HTTP: offered, judged, told to nobody else, gone with an erasure."""

import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from services.identification.cases.commands import RequestErasure
from services.identification.duplicates.blinding import SECRET
from services.identification.duplicates.policies import SEARCHES_A_DAY
from services.identification.network.commands import NoteOrganisation
from services.identification.network.decide import NETWORK, organisation_stream
from shared.codes import ErasureGround, OrganisationKind, Role
from shared.runtime.facts import Acting
from shared.runtime.handle import handle
from shared.runtime.rebuild import rebuild
from shared.runtime.timers import fire_due
from shared.trust.key_store import KeyStore
from tests.identification.desk import Desk, body
from tests.identification.given import CONSENT_TO_SHELTER, IDENTIFY, INFORM, LINK, OPEN, REPORT
from tests.support.decisions import FRESH, NOW
from tests.support.places import everything, read_tables

WRITTEN = {"name": "HOXHA, Arta", "birth_date": "4.5.2001"}
NOTHING = dict.fromkeys(("name", "birth_date"))
NUMBER = "+39 333 1234567"


def at(desk: Desk, organisation: str, **known: str) -> str:
    """A case of an organisation's, with what is known of its person."""
    by = desk.by(organisation)
    told = desk.web.post("/contacts", body(REPORT, callback=None), by).json()["id"]
    case = str(desk.web.post("/cases", body(OPEN, contact=told), by).json()["id"])
    path, told_of = f"/cases/{case}/identity", body(IDENTIFY, **{**NOTHING, **known})
    answer = desk.web.post(path, told_of, by)
    assert answer.status_code == 200, answer.text
    return case


def registered(desk: Desk, kind: OrganisationKind, *organisations: str) -> None:
    """The directory has told of them."""
    by = Acting("referral", "referral", NOW, frozenset(), FRESH)
    for organisation in organisations:
        heard = NoteOrganisation(organisation=organisation, kind=kind)
        handle(desk.web.store, NETWORK, organisation_stream(organisation), heard, by)


def sought(desk: Desk, case: str, organisation: str = "hotline", *roles: str) -> Any:
    path, by = f"/cases/{case}/duplicates", desk.by(organisation, *roles)
    answer = desk.web.post(path, {}, by)
    assert answer.status_code == 201, answer.text
    return answer.json()["candidates"]


def judged(desk: Desk, case: str, candidate: str, judgement: str) -> None:
    path = f"/cases/{case}/duplicates/judgements"
    told = {"candidate": candidate, "judgement": judgement}
    answer = desk.web.post(path, told, desk.by())
    assert answer.status_code == 200, answer.text


def test_one_of_our_own_who_is_written_otherwise_is_offered(desk: Desk) -> None:
    case, twin = at(desk, "hotline", **WRITTEN), at(desk, "hotline", name="Arta Hoxha")
    assert sought(desk, case) == [], "without a year it is nobody"
    desk.ask(twin, IDENTIFY)
    at(desk, "hotline", name="Arta Hoxha", birth_date="2002")
    (one,) = sought(desk, case)
    assert (one["case"], one["alike_by"], one["judgement"]) == (twin, ["name-and-year"], None)
    assert [each["case"] for each in sought(desk, twin)] == [case], "either finds the other"


def test_of_anothers_only_the_organisation_is_told_and_where_to_ask(desk: Desk) -> None:
    points = {"contact_points": [{"organisation": "porto", "telephone": "051 219 3111"}]}
    set_up = desk.web.post("/matching", points, desk.by("regione", Role.COORDINATOR))
    assert set_up.status_code == 200
    case = at(desk, "hotline", **WRITTEN)
    elsewhere = at(desk, "porto", name="Arta Hoxha", birth_date="2001-05-04")
    (one,) = sought(desk, case)
    assert set(one) - {"candidate"} == {
        "alike_by",
        "organisation",
        "ask",
        "case",
        "contact",
        "judgement",
    }
    assert (one["organisation"], one["ask"]) == ("porto", "051 219 3111")
    assert (one["case"], one["contact"]) == (None, None)
    assert elsewhere.removeprefix("case-") not in str(one)
    (seen,) = sought(desk, case, "regione", Role.COORDINATOR)
    assert seen["case"] == elsewhere, "the coordinator sees the cases of all"


@pytest.mark.parametrize(
    ("categories", "recipient", "named"),
    [
        (("identity",), "hotline", True),
        (("narrative",), "hotline", False),
        (("identity",), "ufficio", False),
    ],
)
def test_a_case_elsewhere_is_named_where_its_person_allowed_it_and_while_they_do(
    desk: Desk, categories: Sequence[str], recipient: str, named: bool
) -> None:
    case, porto = at(desk, "hotline", **WRITTEN), desk.by("porto")
    elsewhere = at(desk, "porto", name="Arta Hoxha", birth_date="2001")
    desk.done(elsewhere, INFORM, porto)
    given = {"recipient": recipient, "categories": categories}
    consent = desk.done(elsewhere, CONSENT_TO_SHELTER, porto, **given)
    assert [each["case"] for each in sought(desk, case)] == [elsewhere if named else None]
    path = f"/cases/{elsewhere}/consent-withdrawals"
    assert desk.web.post(path, {"consent": consent}, porto).status_code == 200
    assert [each["case"] for each in sought(desk, case)] == [None]


@pytest.mark.parametrize("over", ["withdrawn", "narrowed", "lapsed"])
def test_a_consent_to_a_class_names_the_case_to_each_of_the_class_until_it_ends(
    desk: Desk, over: str
) -> None:
    registered(desk, OrganisationKind.NGO, "hotline", "porto", "casa-aperta")
    registered(desk, OrganisationKind.COOPERATIVE, "ufficio")
    ours, theirs = at(desk, "hotline", **WRITTEN), at(desk, "ufficio", **WRITTEN)
    porto = desk.by("porto")
    elsewhere = at(desk, "porto", name="Arta Hoxha", birth_date="2001")
    desk.done(elsewhere, INFORM, porto)
    given = {"recipient": None, "recipient_class": "ngo", "categories": ("identity",)}
    consent = desk.done(elsewhere, CONSENT_TO_SHELTER, porto, **given)
    assert elsewhere in [each["case"] for each in sought(desk, ours)]
    assert elsewhere not in [each["case"] for each in sought(desk, theirs, "ufficio")]
    if over == "withdrawn":
        path, told = "consent-withdrawals", {"consent": consent}
        assert desk.web.post(f"/cases/{elsewhere}/{path}", told, porto).status_code == 200
    elif over == "narrowed":
        path, told = "consent-narrowings", {"consent": consent, "recipient": "casa-aperta"}
        assert desk.web.post(f"/cases/{elsewhere}/{path}", told, porto).status_code == 200
    else:
        desk.web.clock.now += timedelta(days=400)
    assert elsewhere not in [each["case"] for each in sought(desk, ours)]


def test_a_number_ties_a_contact_to_a_case_and_the_contact_can_be_added(desk: Desk) -> None:
    region = {"telephone_region": "IT"}
    desk.web.post("/matching", region, desk.by("regione", Role.COORDINATOR))
    case = at(desk, "hotline", reach=f"{NUMBER}, evenings")
    contact = desk.report(callback="333 1234567, never before nine")
    elsewhere = body(REPORT, callback=NUMBER)
    assert desk.web.post("/contacts", elsewhere, desk.by("porto")).status_code == 201
    ours, theirs = sorted(sought(desk, case), key=lambda each: each["organisation"])
    assert (ours["contact"], ours["case"], ours["alike_by"]) == (contact, None, ["telephone"])
    assert (theirs["contact"], theirs["case"]) == (None, None)
    desk.done(case, LINK, contact=contact)
    assert [each["organisation"] for each in sought(desk, case)] == ["porto"], "it is ours now"


def test_a_number_whose_country_is_unknown_finds_nobody(desk: Desk) -> None:
    case, _twin = at(desk, "hotline", reach="333 1234567"), at(desk, "porto", reach="333 1234567")
    answer = desk.web.post(f"/cases/{case}/duplicates", {}, desk.by())
    assert (answer.status_code, answer.json()["rule"]) == (
        409,
        "a-search-rests-on-what-is-recorded",
    )


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


def test_the_index_holds_no_name_and_no_number_and_is_made_again_the_same(desk: Desk) -> None:
    at(desk, "hotline", **WRITTEN, reach=NUMBER)
    desk.report(callback=f"{NUMBER} or +39 051 2193111")
    store = desk.web.store
    live = read_tables(store)
    kinds = sorted(row["kind"] for row in live["likenesses"])
    assert kinds == ["name-and-year", "telephone", "telephone", "telephone"]
    for told in ("arta", "hoxha", "2001", "333", "2193"):
        blind = [{**row, "key": "", "stream": "", "blind": ""} for row in live["likenesses"]]
        assert told not in repr(blind).lower()
    rebuild(store, lambda _done, _total: None)
    assert read_tables(store) == live


def test_another_key_makes_other_values_that_find_the_same(desk: Desk) -> None:
    case, twin = at(desk, "hotline", **WRITTEN), at(desk, "hotline", **WRITTEN)
    store = desk.web.store
    before = {row["blind"] for row in store.rows("SELECT blind FROM likenesses")}
    assert isinstance(store.keys, KeyStore)
    store.keys.renew(SECRET)
    rebuild(store, lambda _done, _total: None)
    assert {row["blind"] for row in store.rows("SELECT blind FROM likenesses")} != before
    assert [one["case"] for one in sought(desk, case)] == [twin]


def test_whoever_is_erased_is_like_nobody_any_more_and_stays_so(desk: Desk) -> None:
    case, twin = at(desk, "hotline", **WRITTEN), at(desk, "hotline", **WRITTEN)
    desk.done(twin, LINK, contact=desk.report(callback=NUMBER))
    (one,) = sought(desk, case)
    judged(desk, case, one["candidate"], "same")
    store, erase = desk.web.store, RequestErasure(ground=ErasureGround.CONSENT_WITHDRAWN)
    asked = desk.web.post(f"/cases/{twin}/erasure", body(erase), desk.by())
    assert asked.status_code == 200, asked.text
    assert fire_due(store, desk.web.clock(), lambda: uuid.uuid4().hex) == 1
    for _time in range(2):
        assert {row["stream"] for row in store.rows("SELECT * FROM likenesses")} == {case}
        assert sought(desk, case) == []
        rebuild(store, lambda _done, _total: None)
    of_the_case = [row for row in everything(store)["stored_events"] if case in repr(row)]
    named = [row for row in of_the_case if twin in repr(row)]
    assert named == [], "no fact of one person says who the other was"
