"""A person's own view of their way: who may print it, on which proof, and over HTTP."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from httpx2 import Response

from services.referral.custody import policies
from shared.codes import Role
from shared.rules import own_view
from shared.runtime.facts import Acting, Refused
from tests.referral.given import CASE, CONSENT
from tests.referral.relay import Relay
from tests.support.decisions import ACTIVE_ROLES, NOW, acting

COORDINATOR = replace(
    acting("regione", Role.COORDINATOR), authenticated_at=NOW, factors=frozenset({"otp"})
)
DOOR = "the-coordinator-prints-what-is-held"
PROOF = "what-is-held-is-opened-on-fresh-proof"
POLICE = frozenset({Role.COORDINATOR, Role.POLICE_OFFICER})


def refused(rule: Callable[[], object]) -> str:
    with pytest.raises(Refused) as found:
        rule()
    return found.value.rule


def prints(by: Acting) -> None:
    own_view.the_coordinator_prints_what_is_held(by, "SeeOwnView")
    own_view.what_is_held_is_opened_on_fresh_proof(by)


def test_when_the_coordinator_has_proved_anew_who_they_are_then_they_print_it() -> None:
    prints(COORDINATOR)
    prints(replace(COORDINATOR, authenticated_at=NOW - timedelta(minutes=5)))


@pytest.mark.parametrize("roles", [ACTIVE_ROLES - {Role.COORDINATOR}, POLICE])
def test_when_anybody_else_prints_it_then_it_is_refused(roles: frozenset[str]) -> None:
    assert refused(lambda: prints(replace(COORDINATOR, roles=roles))) == DOOR


@pytest.mark.parametrize(
    "by",
    [
        replace(COORDINATOR, factors=frozenset({"pwd"})),
        replace(COORDINATOR, authenticated_at=None),
        replace(COORDINATOR, authenticated_at=NOW - timedelta(minutes=5, seconds=1)),
    ],
)
def test_when_who_prints_it_has_not_proved_anew_who_they_are_then_it_is_refused(by: Acting) -> None:
    assert refused(lambda: prints(by)) == PROOF


def test_given_no_such_case_when_it_is_printed_then_there_is_nothing() -> None:
    assert refused(lambda: policies.there_is_a_way_to_show(None)) == "there-is-a-way-to-show"
    assert policies.there_is_a_way_to_show("hotline") == "hotline"


def printed(
    relay: Relay, *factors: str, case: str = CASE, role: Role = Role.COORDINATOR
) -> Response:
    by = relay.web.token("regione", role, operator="op-9", factors=factors)
    return relay.web.get(f"/cases/{case}/own-view", by)


def test_the_whole_way_is_shown_with_who_saw_it(relay: Relay) -> None:
    referral = relay.propose("casa-aperta")
    relay.seen()
    answer = printed(relay, "pwd", "otp")
    assert answer.status_code == 200, answer.text
    view = answer.json()
    assert (view["custodian"], view["referrals"][0]["key"]) == ("hotline", referral)
    assert [line["receiver"] for line in view["responses"]] == ["casa-aperta"]
    seen = [(line["operator"], line["what"]) for line in view["seen"]]
    assert seen == [("op-1", "read the referrals"), ("op-9", "read the person's own view")]
    assert any(line["consent"] == CONSENT for line in view["history"])
    assert not {line["kind"] for line in view["history"]} & {"read", "disclosure"}


def test_without_fresh_proof_nothing_is_shown_and_the_refusal_is_kept(relay: Relay) -> None:
    relay.propose("casa-aperta")
    for factors in ((), ("pwd",)):
        answer = printed(relay, *factors)
        assert (answer.status_code, answer.json()["rule"]) == (403, PROOF)
        assert "casa-aperta" not in answer.text
    old = relay.web.token("regione", Role.COORDINATOR, factors=("otp",))
    relay.web.clock.now += timedelta(minutes=6)
    answer = relay.web.get(f"/cases/{CASE}/own-view", old)
    assert (answer.status_code, answer.json()["rule"]) == (403, PROOF)
    kept = [entry["rule"] for entry in relay.entries() if entry["kind"] == "refusal"]
    assert kept == [PROOF, PROOF, PROOF]


def test_another_role_learns_nothing_and_an_unknown_case_is_none(relay: Relay) -> None:
    for case in (CASE, "case-" + 32 * "0"):
        answer = printed(relay, "otp", case=case, role=Role.CASE_MANAGER)
        assert (answer.status_code, answer.json()["rule"]) == (403, DOOR)
    unknown = printed(relay, "otp", case="case-" + 32 * "0")
    assert (unknown.status_code, unknown.json()["rule"]) == (404, "there-is-a-way-to-show")
