"""Acting on programmes over HTTP, on both kinds of store."""

import json
from typing import Any

import pytest

from services.assistance.events import ServiceDelivered
from shared.codes import Role
from shared.contracts.identification import ConsentWithdrawn
from shared.contracts.referral import HandoverCompleted
from shared.runtime.outbox import StoreOutbox
from shared.trust.protected import Place, open_field
from tests.assistance.given import (
    ANOTHER_CONSENT,
    ANOTHER_REFERRAL,
    CASE,
    CONSENT,
    REFERRAL,
    SECRET,
)
from tests.assistance.hearing import (
    ADDRESS,
    AT,
    CLOSURE,
    DELIVERY,
    PLAN,
    entries,
    handover,
    hear,
    shelter,
)
from tests.support.places import everything
from tests.support.web import Web


def test_given_a_handover_when_a_programme_runs_its_course_then_each_step_shows(web: Web) -> None:
    agreed = web.post(f"{ADDRESS}/plan", PLAN, shelter(web))
    assert (agreed.status_code, agreed.json()) == (200, {"id": CASE, "version": 2})
    assert agreed.headers["ETag"] == '"2"'
    delivered = web.post(f"{ADDRESS}/services", DELIVERY, shelter(web))
    assert delivered.status_code == 201
    assert len(delivered.json()["id"]) == 32
    assert web.post(f"{ADDRESS}/closure", CLOSURE, shelter(web)).status_code == 200
    seen = web.get(f"/cases/{CASE}/programmes", shelter(web))
    assert seen.headers["ETag"] == '"4"'
    programme = {
        "case_id": CASE,
        "referral": REFERRAL,
        "organisation": "casa-aperta",
        "service": "residential",
        "opened_at": AT,
        "planned": "medical residential",
        "review_on": "2026-06-06",
        "status": "closed",
        "closure": "completed-as-planned",
    }
    delivery = {"referral": REFERRAL, "service": "medical", "delivered_on": "2026-03-08"}
    assert seen.json() == {"programmes": [programme], "deliveries": [delivery]}


def test_given_a_plan_when_a_service_is_sent_twice_under_one_key_then_it_counts_once(
    web: Web,
) -> None:
    web.post(f"{ADDRESS}/plan", PLAN, shelter(web))
    first = web.post(f"{ADDRESS}/services", DELIVERY, shelter(web), key="k-1")
    again = web.post(f"{ADDRESS}/services", DELIVERY, shelter(web), key="k-1")
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["Idempotency-Replayed"] == "true"
    seen = web.get(f"/cases/{CASE}/programmes", shelter(web)).json()
    assert len(seen["deliveries"]) == 1


def test_when_something_changed_since_it_was_seen_then_it_is_refused(web: Web) -> None:
    stale = web.post(f"{ADDRESS}/plan", PLAN, shelter(web), **{"If-Match": '"7"'})
    assert (stale.status_code, stale.json()["rule"]) == (412, "the-version-you-saw")


def test_what_was_told_is_stored_sealed_and_never_shown(web: Web) -> None:
    web.post(f"{ADDRESS}/plan", PLAN, shelter(web))
    web.post(f"{ADDRESS}/services", DELIVERY, shelter(web))
    web.post(f"{ADDRESS}/closure", CLOSURE, shelter(web))
    rows = [row for table in everything(web.store).values() for row in table]
    assert len(rows) > 20
    assert all(SECRET not in str(value) for row in rows for value in row.values())
    stored = web.store.events(CASE)
    assert all(SECRET.encode() not in event.state for event in stored)
    recorded = web.store.service.names.recorded(stored[2])
    assert isinstance(recorded.event, ServiceDelivered)
    place = Place("assistance", CASE, recorded.version, recorded.event.stored_name)
    assert open_field(recorded.event, "health_note", place, web.store.keys) == SECRET
    shown = web.get(f"/cases/{CASE}/trace", shelter(web)).text
    assert SECRET not in shown


def test_when_another_organisation_acts_then_it_is_refused_and_kept(web: Web) -> None:
    hotline = web.token("hotline", Role.CASE_MANAGER)
    for step, body in (("plan", PLAN), ("services", DELIVERY), ("closure", CLOSURE)):
        refused = web.post(f"{ADDRESS}/{step}", body, hotline)
        assert refused.status_code == 403
        assert refused.headers["Content-Type"] == "application/problem+json"
        assert SECRET not in refused.text
    assert [entry["command"] for entry in entries(web, CASE)] == [
        "AgreePlan",
        "DeliverService",
        "CloseProgramme",
    ]
    assert SECRET not in str(entries(web, CASE))


def test_when_a_programme_is_not_there_then_it_is_missing(web: Web) -> None:
    nowhere = f"/cases/{CASE}/programmes/{ANOTHER_REFERRAL}/plan"
    missing = web.post(nowhere, PLAN, shelter(web))
    assert (missing.status_code, missing.json()["rule"]) == (
        404,
        "a-programme-opens-with-a-handover",
    )


def test_given_no_plan_when_a_service_is_delivered_then_it_conflicts(web: Web) -> None:
    refused = web.post(f"{ADDRESS}/services", DELIVERY, shelter(web))
    assert (refused.status_code, refused.json()["rule"]) == (
        409,
        "a-plan-is-agreed-before-services",
    )


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({**PLAN, "services": []}, "body.services"),
        ({**PLAN, "services": ["exorcism"]}, "body.services.[]"),
        ({**PLAN, "review_on": "soon"}, "body.review_on"),
        ({"services": ["work"]}, "body.review_on"),
        ({**PLAN, "referral": ANOTHER_REFERRAL}, "body"),
    ],
)
def test_when_a_plan_cannot_be_read_then_the_field_is_named_and_never_its_value(
    web: Web, body: dict[str, Any], field: str
) -> None:
    refused = web.post(f"{ADDRESS}/plan", body, shelter(web))
    assert refused.status_code == 422
    assert refused.json()["faults"][0]["field"] == field
    assert not {"exorcism", "soon", SECRET, ANOTHER_REFERRAL} & set(refused.text.split('"'))


@pytest.mark.parametrize("address", [f"/cases/{CASE}/programmes/R-1/plan", "/cases/c/programmes"])
def test_when_an_id_has_another_form_then_it_is_refused(web: Web, address: str) -> None:
    refused = (
        web.post(address, PLAN, shelter(web))
        if address.endswith("plan")
        else web.get(address, shelter(web))
    )
    assert refused.status_code == 422


def test_given_a_withdrawal_when_a_service_is_delivered_then_it_is_refused(web: Web) -> None:
    web.post(f"{ADDRESS}/plan", PLAN, shelter(web))
    hear(web, ConsentWithdrawn.type, {"case": CASE, "consent": CONSENT})
    refused = web.post(f"{ADDRESS}/services", DELIVERY, shelter(web))
    rule = "without-consent-a-programme-can-only-be-closed"
    assert (refused.status_code, refused.json()["rule"]) == (409, rule)
    assert web.post(f"{ADDRESS}/closure", CLOSURE, shelter(web)).status_code == 200


def test_given_a_withdrawal_before_its_handover_when_both_are_heard_then_it_stands_stopped(
    web: Web,
) -> None:
    hear(web, ConsentWithdrawn.type, {"case": CASE, "consent": ANOTHER_CONSENT})
    hear(web, HandoverCompleted.type, handover(ANOTHER_REFERRAL, ANOTHER_CONSENT, "porto"))
    seen = web.get(f"/cases/{CASE}/programmes", web.token("porto", Role.CASE_MANAGER)).json()
    assert [programme["status"] for programme in seen["programmes"]] == ["stopped"]
    rows = [
        row
        for lane, last in StoreOutbox(web.store).heads("staffetta.assistance.events").items()
        for row in StoreOutbox(web.store).rows("staffetta.assistance.events", lane, 0, last or 1)
    ]
    told = [json.loads(row.data)["did"] for row in rows]
    assert told == ["nothing-held", "stopped"]
