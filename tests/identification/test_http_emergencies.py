"""An emergency over HTTP: opened, looked into, judged; its alarm; and what shows nowhere."""

import json
from datetime import timedelta
from typing import Any

import pytest
from httpx2 import Response

from shared.codes import Role
from shared.runtime.rebuild import rebuild
from shared.runtime.timers import fire_due
from tests.identification.desk import Desk
from tests.identification.given import IDENTIFY
from tests.support.places import everything

WHY = "zanzibar: she called, he is at the door"
OPENER = "op-2"
FIELDS = ["name", "birth_date", "reach"]


def street(desk: Desk, *, operator: str = OPENER, factors: tuple[str, ...] = ("pwd", "otp")) -> str:
    return desk.web.token("on-the-road", Role.STREET_OPERATOR, operator=operator, factors=factors)


def coordinator(desk: Desk, operator: str = "op-9") -> str:
    return desk.web.token("regione", Role.COORDINATOR, operator=operator)


def known(desk: Desk) -> str:
    """A case with an identity, and two ways to reach the person. No consent."""
    case = desk.open()
    desk.done(case, IDENTIFY, documents="AB123")
    desk.done(case, IDENTIFY, name=None, birth_date=None, reach="the parish")
    return case


def opened(desk: Desk, case: str, by: str | None = None, **changed: Any) -> Response:
    path = f"/cases/{case}/emergencies"
    return desk.web.post(path, {"reason": WHY, **changed}, by or street(desk))


def looked(
    desk: Desk, case: str, emergency: str, by: str | None = None, key: str | None = None
) -> Response:
    path = f"/cases/{case}/emergencies/{emergency}/looks"
    return desk.web.post(path, {"fields": FIELDS}, by or street(desk), key=key)


def judged(desk: Desk, case: str, emergency: str, by: str) -> Response:
    path = f"/cases/{case}/emergencies/{emergency}/review"
    return desk.web.post(path, {"verdict": "justified"}, by)


def running(desk: Desk) -> tuple[str, str]:
    case = known(desk)
    answer = opened(desk, case)
    assert answer.status_code == 201, answer.text
    return case, str(answer.json()["id"])


def test_who_opened_it_sees_what_keeps_the_person_safe_and_nothing_else(desk: Desk) -> None:
    case, emergency = running(desk)
    answer = looked(desk, case, emergency)
    assert answer.status_code == 201, answer.text
    assert answer.json()["shown"] == {
        "birth_date": ["2001-05-04"],
        "name": ["Arta Hoxha"],
        "reach": ["the baker", "the parish"],
    }
    for never in ("AB123", "she told us"):
        assert never not in answer.text
    event = desk.web.store.service.names.recorded(desk.web.store.events(case)[-1])
    assert (event.operator, event.organisation) == (OPENER, "on-the-road")
    told = event.event.model_dump()
    assert (told["emergency"], told["look"]) == (emergency, answer.json()["look"])
    assert sorted(told["fields"]) == sorted(FIELDS)


@pytest.mark.parametrize("factors", [(), ("pwd",)])
def test_without_a_second_factor_just_now_nothing_is_opened(
    desk: Desk, factors: tuple[str, ...]
) -> None:
    case = known(desk)
    answer = opened(desk, case, street(desk, factors=factors))
    rule = "an-emergency-wants-fresh-proof-of-who-acts"
    assert (answer.status_code, answer.json()["rule"]) == (403, rule)
    assert desk.refusals(case) == [rule]


def test_proof_of_six_minutes_ago_opens_nothing(desk: Desk) -> None:
    case, by = known(desk), street(desk)
    desk.web.clock.now += timedelta(minutes=6)
    answer = opened(desk, case, by)
    assert answer.json()["rule"] == "an-emergency-wants-fresh-proof-of-who-acts"


def test_after_its_end_nothing_is_shown_not_even_what_was_shown_before(desk: Desk) -> None:
    case = known(desk)
    emergency = opened(desk, case, minutes=20).json()["id"]
    assert looked(desk, case, emergency, key="k-1").status_code == 201
    desk.web.clock.now += timedelta(minutes=20)
    rule = "nobody-looks-after-an-emergency-has-ended"
    for key in ("k-1", "k-2"):
        answer = looked(desk, case, emergency, key=key)
        assert (answer.status_code, answer.json()["rule"]) == (409, rule)
        assert "Arta" not in answer.text
    assert desk.refusals(case) == [rule, rule]


def test_a_repeated_look_is_shown_again_and_recorded_again(desk: Desk) -> None:
    case, emergency = running(desk)
    first, again = (looked(desk, case, emergency, key="k-1") for _time in range(2))
    assert first.json()["shown"] == again.json()["shown"]
    assert first.json()["look"] != again.json()["look"]
    assert desk.names(case).count("case.emergency-looked.v1") == 2


def test_nobody_else_looks_and_the_opener_is_no_judge(desk: Desk) -> None:
    case, emergency = running(desk)
    other = looked(desk, case, emergency, street(desk, operator="op-3"))
    assert other.json()["rule"] == "only-who-opened-an-emergency-looks"
    own = judged(desk, case, emergency, coordinator(desk, OPENER))
    assert own.json()["rule"] == "nobody-reviews-their-own-emergency"
    assert own.status_code == other.status_code == 403


def test_the_coordinator_judges_it_with_its_reason_and_every_look_and_it_ends(desk: Desk) -> None:
    case, emergency = running(desk)
    looked(desk, case, emergency)
    path = f"/cases/{case}/emergencies/{emergency}"
    seen = desk.web.get(path, coordinator(desk)).json()
    assert seen["reason"] == WHY
    assert [sorted(look["fields"]) for look in seen["looks"]] == [sorted(FIELDS)]
    assert judged(desk, case, emergency, coordinator(desk)).status_code == 200
    (row,) = desk.web.get("/emergencies", coordinator(desk)).json()["items"]
    assert (row["verdict"], row["reviewer"], row["operator"]) == ("justified", "op-9", OPENER)
    assert looked(desk, case, emergency).status_code == 409


def test_the_reason_is_for_the_judge_and_others_do_not_see_the_emergency(desk: Desk) -> None:
    case, emergency = running(desk)
    path = f"/cases/{case}/emergencies/{emergency}"
    own = desk.web.get(path, street(desk)).json()
    assert (own["reason"], own["emergency"]["key"]) == (None, emergency)
    auditor = desk.web.token("regione", Role.AUDITOR)
    assert desk.web.get(path, auditor).json()["reason"] is None
    assert desk.web.get(path, desk.by("porto")).status_code == 404
    assert desk.web.get("/emergencies", desk.by("porto")).json()["items"] == []
    assert len(desk.web.get("/emergencies", auditor).json()["items"]) == 1


def test_a_review_that_does_not_come_is_an_alarm_until_it_comes(desk: Desk) -> None:
    case, emergency = running(desk)
    store, clock = desk.web.store, desk.web.clock
    clock.now += timedelta(hours=24) - timedelta(seconds=1)
    assert fire_due(store, clock(), lambda: "f" * 32) == 0
    clock.now += timedelta(seconds=1)
    assert fire_due(store, clock(), lambda: "f" * 32) == 1
    (alarm,) = desk.web.get("/alarms", coordinator(desk)).json()["items"]
    assert (alarm["kind"], alarm["case_id"]) == ("emergency-not-reviewed", case)
    assert alarm["about"] == emergency
    judged(desk, case, emergency, coordinator(desk))
    assert desk.web.get("/alarms", coordinator(desk)).json()["items"] == []


def test_an_emergency_judged_in_time_raises_no_alarm(desk: Desk) -> None:
    case, emergency = running(desk)
    judged(desk, case, emergency, coordinator(desk))
    desk.web.clock.now += timedelta(hours=25)
    assert fire_due(desk.web.store, desk.web.clock(), lambda: "f" * 32) == 0
    assert desk.web.get("/alarms", coordinator(desk)).json()["items"] == []


def test_the_trace_tells_who_looked_at_what_without_a_consent(desk: Desk) -> None:
    case, emergency = running(desk)
    looked(desk, case, emergency)
    judged(desk, case, emergency, coordinator(desk))
    told = desk.web.get(f"/cases/{case}/trace", coordinator(desk)).json()
    (look,) = [line for line in told if line["kind"] == "disclosure"]
    assert look["what"] == "looked in an emergency, without consent: birth_date, name, reach"
    assert (look["operator"], look["organisation"]) == (OPENER, "on-the-road")
    words = [line["what"] for line in told]
    assert f"emergency opened by {OPENER}, until 2026-03-08T22:30:00.000000Z" in words
    assert "emergency reviewed: justified" in words
    assert WHY not in json.dumps(told)


def test_the_reason_stands_in_no_table_no_list_and_no_public_event(desk: Desk) -> None:
    case, emergency = running(desk)
    looked(desk, case, emergency)
    store = desk.web.store
    rebuild(store, lambda _done, _total: None)
    (row,) = desk.web.get("/emergencies", coordinator(desk)).json()["items"]
    assert row["key"] == emergency
    for table, rows in everything(store).items():
        text = json.dumps(rows, default=lambda raw: bytes(raw).decode("latin-1"))
        assert "zanzibar" not in text, table
    public = store.rows("SELECT type FROM outbox")
    assert not [each for each in public if "emergency" in each["type"]]


@pytest.mark.parametrize(
    "body",
    [{}, {"reason": WHY, "minutes": 0}, {"reason": WHY, "why": WHY}, {"reason": {"a": WHY}}],
)
def test_what_is_wrong_at_the_door_is_never_repeated(desk: Desk, body: dict[str, Any]) -> None:
    answer = desk.web.post(f"/cases/{known(desk)}/emergencies", body, street(desk))
    assert answer.status_code == 422
    assert "zanzibar" not in answer.text
