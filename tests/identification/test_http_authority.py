"""Who has no right gains none: not by another's key, an old token, or another case's consent."""

from datetime import timedelta

import pytest
from joserfc import jwt

from shared.codes import Role
from shared.trust.tokens import AUDIENCE, Bearer, issue
from tests.identification.desk import Desk
from tests.identification.given import DISCLOSE, WITHDRAW

NO_CONSENT = "a-disclosure-rests-on-a-live-consent"
KEY, NAME = "k-1", "Arta Hoxha"


def shelter(desk: Desk, organisation: str = "casa-aperta", operator: str = "op-2") -> str:
    return desk.by(organisation, Role.PROVIDER_INTAKE, operator=operator)


@pytest.mark.parametrize(
    ("organisation", "operator"),
    [("porto", "op-9"), ("porto", "op-2")],
    ids=["another operator", "another organisation's of the same id"],
)
def test_given_a_disclosure_when_another_replays_its_key_then_nothing_is_shown(
    desk: Desk, organisation: str, operator: str
) -> None:
    case, _consent = desk.consented()
    assert NAME in desk.ask(case, DISCLOSE, shelter(desk), key=KEY).text
    replayed = desk.ask(case, DISCLOSE, shelter(desk, organisation, operator), key=KEY)
    assert replayed.status_code in {403, 409, 422}
    assert replayed.json()["rule"] == NO_CONSENT
    assert "Idempotency-Replayed" not in replayed.headers
    assert NAME not in replayed.text


def test_given_a_disclosure_when_its_key_comes_with_a_token_that_is_none_then_it_is_turned_away(
    desk: Desk,
) -> None:
    case, _consent = desk.consented()
    token = shelter(desk)
    assert NAME in desk.ask(case, DISCLOSE, token, key=KEY).text
    claims = jwt.decode(token, desk.web.key, algorithms=["Ed25519"]).claims
    assert claims["aud"] == AUDIENCE
    foreign = {**claims, "aud": "another-service"}
    other = jwt.encode({"alg": "Ed25519"}, foreign, desk.web.key, algorithms=["Ed25519"])
    bearer = Bearer("op-2", "casa-aperta", frozenset({Role.PROVIDER_INTAKE}))
    old = issue(desk.web.key, bearer, desk.web.clock() - timedelta(hours=2), timedelta(hours=1))
    for given, why in ((other, "invalid"), (old, "expired")):
        answer = desk.ask(case, DISCLOSE, given, key=KEY)
        assert (answer.status_code, answer.json()["title"]) == (401, f"The token is {why}.")
        assert NAME not in answer.text


def test_given_a_consent_when_another_organisation_withdraws_it_then_it_lives_on(
    desk: Desk,
) -> None:
    case, consent = desk.consented()
    stranger = desk.by("porto", Role.CASE_MANAGER, operator="op-9")
    refused = desk.ask(case, WITHDRAW, stranger, consent=consent)
    assert refused.status_code == 403, refused.text
    assert NAME in desk.ask(case, DISCLOSE, shelter(desk)).text


def test_given_a_consent_of_another_case_when_disclosing_then_nothing_is_shown(desk: Desk) -> None:
    desk.consented()
    without = desk.open()
    answer = desk.ask(without, DISCLOSE, shelter(desk))
    assert answer.json()["rule"] == NO_CONSENT
    assert NAME not in answer.text
