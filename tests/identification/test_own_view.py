"""A person's own view: who may print it, on which proof; all of it, over HTTP; and its trace."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from httpx2 import Response

from services.identification.cases.decide import CASES
from services.identification.cases.own_view.commands import ShowOwnView
from services.identification.cases.own_view.events import OwnViewShown
from shared.codes import DataCategory, InterpreterMode, Role
from shared.trust.step_up import Proof
from tests.identification.desk import Desk
from tests.identification.given import CONSENTED, DISCLOSE, IDENTIFY, LINK
from tests.identification.test_erasing import REQUESTED
from tests.identification.test_http_emergencies import WHY, looked, opened
from tests.support.decisions import FRESH, NOW, acting, refusal, when

SHOW = ShowOwnView(
    language="sq", interpreter=InterpreterMode.CULTURAL_MEDIATOR, met_with_the_person=False
)
COORDINATOR = replace(
    acting("regione", Role.COORDINATOR), authenticated_at=NOW, factors=frozenset({"hwk"})
)
SHOWN = OwnViewShown(
    view=FRESH,
    language="sq",
    interpreter=InterpreterMode.CULTURAL_MEDIATOR,
    proof=Proof(at=NOW, factors=("hwk",)),
)
PROOF = "what-is-held-is-opened-on-fresh-proof"


def test_given_a_case_when_the_coordinator_prints_it_for_the_person_then_it_is_recorded() -> None:
    assert when(CASES, CONSENTED, SHOW, COORDINATOR) == [SHOWN]
    assert when(CASES, [*CONSENTED, SHOWN], SHOW, COORDINATOR) == [SHOWN]


@pytest.mark.parametrize(
    "roles",
    [(Role.CASE_MANAGER, Role.AUDITOR), (Role.COORDINATOR, Role.POLICE_OFFICER)],
)
def test_given_a_case_when_anybody_else_prints_it_then_it_is_refused(
    roles: tuple[Role, ...],
) -> None:
    by = replace(COORDINATOR, roles=frozenset(roles))
    assert refusal(CASES, CONSENTED, SHOW, by) == "the-coordinator-prints-what-is-held"


def test_when_who_prints_it_has_not_proved_anew_who_they_are_then_it_is_refused() -> None:
    for by in (
        replace(COORDINATOR, factors=frozenset({"pwd"})),
        replace(COORDINATOR, authenticated_at=NOW - timedelta(minutes=6)),
        replace(COORDINATOR, authenticated_at=None),
    ):
        assert refusal(CASES, CONSENTED, SHOW, by) == PROOF


def test_when_the_interpreter_was_found_with_the_person_then_it_is_refused() -> None:
    asked = SHOW.model_copy(update={"met_with_the_person": True})
    rule = "nobody-found-with-the-person-interprets"
    assert refusal(CASES, CONSENTED, asked, COORDINATOR) == rule


def test_when_nobody_interprets_then_it_does_not_matter_who_was_met() -> None:
    alone = {"interpreter": InterpreterMode.NONE_NEEDED}
    asked = SHOW.model_copy(update={**alone, "met_with_the_person": True})
    assert when(CASES, CONSENTED, asked, COORDINATOR) == [SHOWN.model_copy(update=alone)]


def test_given_no_case_or_an_erasure_when_it_is_printed_then_it_is_refused() -> None:
    assert refusal(CASES, [], SHOW, COORDINATOR) == "the-case-exists"
    rule = "what-was-erased-stays-erased"
    assert refusal(CASES, [*CONSENTED, REQUESTED], SHOW, COORDINATOR) == rule


def printed(desk: Desk, case: str, key: str | None = None, **changed: Any) -> Response:
    factors = changed.pop("factors", ("pwd", "otp"))
    by = desk.web.token("regione", Role.COORDINATOR, operator="op-9", factors=factors)
    told = json.loads(SHOW.model_dump_json()) | changed
    return desk.web.post(f"/cases/{case}/own-view", told, by, key=key)


def seen_by_many(desk: Desk) -> tuple[str, str]:
    """A case that was disclosed to a shelter, and looked into in an emergency."""
    case, consent = desk.consented()
    desk.done(case, LINK, contact=desk.report(narrative="a second time", callback=None))
    desk.done(case, IDENTIFY, name=None, birth_date=None, reach="the parish")
    desk.ask(case, DISCLOSE, desk.by("casa-aperta", Role.PROVIDER_INTAKE, operator="op-3"))
    looked(desk, case, opened(desk, case).json()["id"])
    return case, consent


def test_everything_held_is_shown_and_by_whom_it_was_seen_and_under_which_consent(
    desk: Desk,
) -> None:
    case, consent = seen_by_many(desk)
    answer = printed(desk, case)
    assert answer.status_code == 201, answer.text
    view = answer.json()
    assert view["held"] == {
        "contact": ["the baker", "the parish"],
        "health": [],
        "identity": [{"name": "Arta Hoxha", "birth_date": "2001-05-04"}],
        "narrative": ["she told us", "a second time"],
    }
    assert set(view["held"]) == set(DataCategory)
    assert [each["key"] for each in view["consents"]] == [consent]
    disclosed, emergency, own = [each for each in view["seen"] if each["kind"] == "disclosure"]
    assert (disclosed["organisation"], disclosed["consent"]) == ("casa-aperta", consent)
    assert (emergency["operator"], emergency["consent"]) == ("op-2", None)
    assert (own["operator"], own["organisation"]) == ("op-9", "regione")
    (told,) = view["emergencies"]
    assert (told["reason"], told["operator"], told["verdict"]) == (WHY, "op-2", None)
    assert sorted(told["looks"][0]["fields"]) == ["birth_date", "name", "reach"]
    words = [each["what"] for each in view["history"]]
    assert "identity recorded (sealed)" in words


def test_the_view_is_recorded_first_and_again_when_it_is_repeated(desk: Desk) -> None:
    case, _consent = desk.consented()
    first, again = (printed(desk, case, "k-1").json() for _time in range(2))
    assert first["view"] != again["view"]
    assert desk.names(case).count("case.own-view-shown.v2") == 2
    desk.web.clock.now += timedelta(minutes=1)
    stale = printed(desk, case, "k-1", factors=())
    assert (stale.status_code, stale.json()["rule"]) == (403, PROOF)
    assert "Arta" not in stale.text
    assert desk.refusals(case) == [PROOF]


def test_nobody_but_the_coordinator_prints_it_over_http(desk: Desk) -> None:
    case, _consent = desk.consented()
    by = desk.web.token("hotline", Role.CASE_MANAGER, factors=("otp",))
    answer = desk.web.post(f"/cases/{case}/own-view", json.loads(SHOW.model_dump_json()), by)
    assert (answer.status_code, answer.json()["rule"]) == (
        403,
        "the-coordinator-prints-what-is-held",
    )
    assert "Arta" not in answer.text
