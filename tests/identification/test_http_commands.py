"""Every command once through HTTP on the real store, and one refusal of each kind."""

import re
from typing import Any

import pytest

from services.identification.cases.commands import Command
from shared.codes import Role
from tests.identification.desk import Desk, body
from tests.identification.given import (
    CONSENT_TO_SHELTER,
    CONSENTED,
    DETERMINE,
    DISCLOSE,
    IDENTIFY,
    INFORM,
    LINK,
    OPEN,
    REFUSE,
    REPORT,
    WITHDRAW,
)

PROBLEM = "application/problem+json"


def test_report_contact(desk: Desk) -> None:
    answer = desk.web.post("/contacts", body(REPORT), desk.by())
    assert (answer.status_code, answer.headers["ETag"]) == (201, '"1"')
    contact = answer.json()["id"]
    assert re.fullmatch(r"contact-[0-9a-f]{32}", contact)
    (line,) = desk.web.get("/contacts", desk.by()).json()["items"]
    assert (line["key"], line["channel"], line["received_on"]) == (contact, "hotline", "2026-03-08")
    assert (line["organisation"], line["language"], line["case_id"]) == ("hotline", "sq", None)


def test_open_case(desk: Desk) -> None:
    contact = desk.report()
    answer = desk.web.post("/cases", body(OPEN, contact=contact), desk.by())
    assert (answer.status_code, answer.headers["ETag"]) == (201, '"1"')
    case = answer.json()["id"]
    line = desk.seen(case)["case"]
    assert (line["custodian"], line["area"], line["exploitation"]) == (
        "hotline",
        "IT-PR",
        "labour+sexual",
    )
    (told,) = desk.web.get("/contacts", desk.by()).json()["items"]
    assert told["case_id"] == case


def test_link_contact(desk: Desk) -> None:
    case, further = desk.open(), desk.report()
    desk.done(case, LINK, contact=further)
    assert desk.names(case) == ["case.opened.v1", "case.contact-added.v1"]
    assert desk.names(further) == ["contact.reported.v1", "contact.linked.v1"]


def test_give_information(desk: Desk) -> None:
    case = desk.open()
    assert desk.done(case, INFORM) == case
    assert desk.names(case)[-1] == "case.information-given.v1"


def test_give_consent(desk: Desk) -> None:
    case, consent = desk.consented()
    assert re.fullmatch(r"[0-9a-f]{32}", consent)
    (line,) = desk.seen(case)["consents"]
    assert (line["key"], line["recipient"], line["purpose"]) == (consent, "casa-aperta", "referral")
    assert (line["categories"], line["withdrawn_at"]) == ("identity narrative", None)


def test_the_end_of_a_consent_is_shown_as_the_moment_it_is_whatever_its_offset(desk: Desk) -> None:
    case, _consent = desk.consented()
    in_rome = body(CONSENT_TO_SHELTER) | {"valid_until": "2026-04-07T23:30:00+02:00"}
    answer = desk.web.post(f"/cases/{case}/consents", in_rome, desk.by())
    assert answer.status_code == 201
    shown = {line["key"]: line["valid_until"] for line in desk.seen(case)["consents"]}
    assert shown[answer.json()["id"]] == "2026-04-07T21:30:00.000000Z"


def test_refuse_consent(desk: Desk) -> None:
    case = desk.open()
    desk.done(case, REFUSE)
    assert desk.names(case)[-1] == "case.consent-refused.v1"
    assert desk.seen(case)["consents"] == []


def test_withdraw_consent(desk: Desk) -> None:
    case, consent = desk.consented()
    desk.done(case, WITHDRAW, consent=consent)
    (line,) = desk.seen(case)["consents"]
    assert line["withdrawn_at"] == "2026-03-08T21:30:00.000000Z"


def test_record_identity(desk: Desk) -> None:
    case = desk.open()
    desk.done(case, IDENTIFY)
    stored = desk.web.store.events(case)[-1]
    assert stored.topic == "case.identity-recorded.v1"
    assert b"Arta" not in stored.state


def test_disclose_dossier(desk: Desk) -> None:
    case, _consent = desk.consented()
    answer = desk.ask(case, DISCLOSE, desk.by("casa-aperta", Role.PROVIDER_INTAKE))
    assert answer.status_code == 201
    assert set(answer.json()) == {"disclosure", "dossier", "withheld"}
    assert desk.names(case)[-1] == "case.dossier-disclosed.v1"


def test_determine_status(desk: Desk) -> None:
    case = desk.open()
    desk.done(case, DETERMINE)
    assert desk.seen(case)["case"]["status"] == "presumed"


@pytest.mark.parametrize(
    ("command", "changed", "status", "rule"),
    [
        (INFORM, {"met_with_the_person": True}, 409, "nobody-found-with-the-person-interprets"),
        (CONSENT_TO_SHELTER, {}, 409, "consent-follows-information"),
        (WITHDRAW, {}, 404, "only-a-known-consent-is-withdrawn"),
        (IDENTIFY, {"name": None, "birth_date": None}, 422, "something-is-recorded"),
        (DISCLOSE, {}, 403, "a-disclosure-rests-on-a-live-consent"),
        (LINK, {}, 404, "a-case-rests-on-a-contact"),
    ],
)
def test_a_refusal_is_told_as_a_problem_and_kept_in_the_audit_log(
    desk: Desk, command: Command, changed: dict[str, Any], status: int, rule: str
) -> None:
    case = desk.open()
    answer = desk.ask(case, command, **changed)
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, PROBLEM)
    assert (answer.json()["rule"], answer.json()["status"]) == (rule, status)
    assert desk.names(case) == ["case.opened.v1"]
    assert desk.refusals(case) == [rule]


def test_a_version_that_has_passed_is_refused(desk: Desk) -> None:
    case = desk.open()
    desk.done(case, INFORM)
    answer = desk.ask(case, DETERMINE, headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.json()["rule"]) == (412, "the-version-you-saw")
    assert desk.ask(case, DETERMINE, headers={"If-Match": '"2"'}).status_code == 200


def test_the_version_that_is_read_is_the_one_to_send_back(desk: Desk) -> None:
    case = desk.open()
    tag = desk.web.get(f"/cases/{case}", desk.by()).headers["ETag"]
    assert desk.ask(case, DETERMINE, headers={"If-Match": tag}).headers["ETag"] == '"2"'


def test_a_case_opened_twice_under_one_key_is_one_case(desk: Desk) -> None:
    asked = body(OPEN, contact=desk.report())
    first, again = (desk.web.post("/cases", asked, desk.by(), key="k-1") for _ in range(2))
    assert first.json() == again.json()
    assert (first.headers.get("Idempotency-Replayed"), again.headers["Idempotency-Replayed"]) == (
        None,
        "true",
    )
    assert len(desk.web.get("/cases", desk.by()).json()["items"]) == 1


def test_another_organisation_sees_no_case_and_its_look_is_kept(desk: Desk) -> None:
    case = desk.open()
    answer = desk.web.get(f"/cases/{case}", desk.by("porto", Role.CASE_MANAGER))
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, PROBLEM)
    assert desk.refusals(case) == ["the-custodian-and-the-coordination-see-a-case"]
    assert desk.web.get("/cases", desk.by("porto", Role.CASE_MANAGER)).json()["items"] == []


def test_reads_are_kept_and_told_in_the_trace(desk: Desk) -> None:
    case, _consent = desk.consented()
    desk.seen(case)
    lines = desk.web.get(f"/cases/{case}/trace", desk.by("region", Role.COORDINATOR)).json()
    told = [line["what"] for line in lines]
    assert "contact reported (Hotline)" in told
    assert "identity recorded (sealed)" in told
    assert {"read the case", "read the trace"} <= set(told)
    assert len([line for line in lines if line["kind"] == "change"]) == 3 + len(CONSENTED)
