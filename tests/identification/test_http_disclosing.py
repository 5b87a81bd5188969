"""Disclosure over HTTP: allowed, refused, recorded, and repeated only while a consent lives."""

import json
from datetime import timedelta
from typing import Any

import pytest
from httpx2 import Response

from shared.codes import DataCategory, Purpose, Role
from shared.trust.key_file import keys_in_file
from shared.trust.keys import UnknownKey
from tests.identification.desk import Desk
from tests.identification.given import (
    CONSENT_TO_SHELTER,
    DISCLOSE,
    IDENTIFY,
    LINK,
    WITHDRAW,
)

NO_CONSENT = "a-disclosure-rests-on-a-live-consent"
ALL = tuple(DataCategory)
IDENTITY = {"name": "Arta Hoxha", "birth_date": "2001-05-04"}


def disclose(desk: Desk, case: str, key: str | None = None, **changed: Any) -> Response:
    by = desk.by("casa-aperta", Role.PROVIDER_INTAKE, operator="op-2")
    return desk.ask(case, DISCLOSE, by, key=key, **changed)


def test_the_recipient_is_shown_what_was_sealed_and_the_disclosure_is_recorded(desk: Desk) -> None:
    case, consent = desk.consented()
    answer = disclose(desk, case)
    assert answer.json()["dossier"] == {"identity": [IDENTITY]}
    recorded = desk.web.store.service.names.recorded(desk.web.store.events(case)[-1])
    assert (recorded.operator, recorded.organisation) == ("op-2", "casa-aperta")
    told = recorded.event.model_dump()
    assert (told["consent"], told["disclosure"]) == (consent, answer.json()["disclosure"])


def test_each_category_shows_its_own_from_every_contact_and_record(desk: Desk) -> None:
    case, _consent = desk.consented(categories=ALL)
    desk.done(case, LINK, contact=desk.report(narrative="a second time", callback=None))
    desk.done(case, IDENTIFY, name=None, birth_date=None, reach="the parish")
    assert disclose(desk, case, categories=ALL).json()["dossier"] == {
        "contact": ["the baker", "the parish"],
        "health": [],
        "identity": [IDENTITY],
        "narrative": ["she told us", "a second time"],
    }


@pytest.mark.parametrize(
    "changed",
    [{"purpose": Purpose.RETURN}, {"categories": (DataCategory.CONTACT,)}],
)
def test_what_no_consent_covers_is_refused_and_the_refusal_is_recorded(
    desk: Desk, changed: dict[str, Any]
) -> None:
    case, _consent = desk.consented()
    answer = disclose(desk, case, **changed)
    assert (answer.status_code, answer.json()["rule"]) == (403, NO_CONSENT)
    assert desk.names(case)[-1] == "case.consent-given.v2"
    assert desk.refusals(case) == [NO_CONSENT]
    (entry,) = desk.web.store.rows("SELECT entry FROM audit WHERE entry IS NOT NULL")
    told = json.loads(entry["entry"])
    assert (told["by"], told["org"], told["command"]) == ("op-2", "casa-aperta", "DiscloseDossier")


def test_more_than_was_consented_to_is_withheld_and_the_answer_says_so(desk: Desk) -> None:
    case, _consent = desk.consented()
    for _time in range(2):
        answer = disclose(desk, case, key="k-1", categories=ALL).json()
        assert set(answer["dossier"]) == {"identity", "narrative"}
        assert answer["withheld"] == ["contact", "health"]
        assert "the baker" not in json.dumps(answer)
    recorded = desk.web.store.service.names.recorded(desk.web.store.events(case)[-1])
    assert recorded.event.model_dump()["categories"] == ("identity", "narrative")


def test_a_repeated_request_shows_no_more_than_the_consent_that_is_left_allows(desk: Desk) -> None:
    case, consent = desk.consented()
    first = disclose(desk, case, key="k-1", categories=ALL).json()
    desk.done(case, CONSENT_TO_SHELTER, categories=("identity", "contact"))
    desk.done(case, WITHDRAW, consent=consent)
    again = disclose(desk, case, key="k-1", categories=ALL).json()
    assert set(first["dossier"]) == {"identity", "narrative"}
    assert set(again["dossier"]) == {"identity"}, "neither what was taken back, nor anything new"
    assert set(again["withheld"]) == {"contact", "health", "narrative"}


def test_an_officer_is_shown_what_was_allowed_without_body_and_mind(desk: Desk) -> None:
    case, _consent = desk.consented(categories=ALL)
    officer = desk.by("casa-aperta", Role.POLICE_OFFICER, Role.CASE_MANAGER)
    answer = desk.ask(case, DISCLOSE, officer, categories=ALL).json()
    assert set(answer["dossier"]) == {"contact", "identity", "narrative"}
    refused = desk.ask(case, DISCLOSE, officer, categories=("health",))
    assert refused.json()["rule"] == "police-and-courts-never-see-the-care-record"


def test_an_expired_consent_shows_nothing(desk: Desk) -> None:
    case, _consent = desk.consented()
    desk.web.clock.now += timedelta(days=31)
    assert disclose(desk, case).status_code == 403


def test_a_repeated_request_shows_the_same_while_the_consent_lives(desk: Desk) -> None:
    case, _consent = desk.consented()
    first = disclose(desk, case, key="k-1")
    desk.done(case, IDENTIFY, name="Another Name")
    again = disclose(desk, case, key="k-1")
    assert again.json() == first.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert desk.names(case).count("case.dossier-disclosed.v1") == 1


def test_a_repeated_request_is_a_read_and_is_kept_with_its_consent(desk: Desk) -> None:
    case, consent = desk.consented()
    for _time in range(2):
        disclose(desk, case, key="k-1")
    (entry,) = desk.web.store.rows("SELECT entry FROM audit WHERE entry IS NOT NULL")
    told = json.loads(entry["entry"])
    assert (told["kind"], told["what"], told["consent"]) == ("read", "the dossier again", consent)


@pytest.mark.parametrize("ending", ["withdrawn", "ended"])
def test_a_repeated_request_shows_nothing_once_the_consent_is_over(desk: Desk, ending: str) -> None:
    case, consent = desk.consented()
    assert disclose(desk, case, key="k-1").status_code == 201
    if ending == "withdrawn":
        desk.done(case, WITHDRAW, consent=consent)
    else:
        desk.web.clock.now += timedelta(days=31)
    again = disclose(desk, case, key="k-1")
    assert (again.status_code, again.json()["rule"]) == (403, NO_CONSENT)
    assert "Arta" not in again.text
    assert desk.refusals(case) == [NO_CONSENT]


def test_who_does_not_work_on_cases_sees_nothing_not_even_under_the_key_of_who_did(
    desk: Desk,
) -> None:
    case, _consent = desk.consented()
    assert disclose(desk, case, key="k-1").status_code == 201
    for key in ("k-1", "k-2"):
        counting = desk.by("casa-aperta", Role.ANALYST, operator="op-2")
        again = desk.ask(case, DISCLOSE, counting, key=key)
        assert again.status_code == 403
        assert again.json()["rule"] == "who-works-on-cases-asks-for-a-dossier"
        assert "Arta" not in again.text


def test_a_request_that_was_refused_stays_refused_under_its_key(desk: Desk) -> None:
    case, _other = desk.consented(purpose=Purpose.LEGAL_AID)
    assert disclose(desk, case, key="k-1").status_code == 403
    desk.done(case, CONSENT_TO_SHELTER)
    assert disclose(desk, case, key="k-1").status_code == 403
    assert disclose(desk, case, key="k-2").status_code == 201


def test_a_new_consent_after_a_withdrawal_opens_again(desk: Desk) -> None:
    case, consent = desk.consented()
    desk.done(case, WITHDRAW, consent=consent)
    assert disclose(desk, case).status_code == 403
    desk.done(case, CONSENT_TO_SHELTER)
    assert disclose(desk, case).json()["dossier"] == {"identity": [IDENTITY]}


def test_a_dossier_whose_key_is_missing_is_an_error_and_never_an_empty_dossier(
    desk: Desk, tmp_path_factory: pytest.TempPathFactory
) -> None:
    case, _consent = desk.consented()
    desk.web.store.keys = keys_in_file(tmp_path_factory.mktemp("other") / "keys.sqlite")
    answer = disclose(desk, case)
    assert answer.status_code == 500
    assert UnknownKey.__name__ not in answer.text
