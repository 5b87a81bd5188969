"""Duplicates over HTTP: who is offered, and what of them is told to whom."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from shared.codes import OrganisationKind, Role
from tests.identification.desk import Desk, body
from tests.identification.given import CONSENT_TO_SHELTER, IDENTIFY, INFORM, LINK, REPORT
from tests.identification.twins import NUMBER, WRITTEN, at, registered, sought


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
