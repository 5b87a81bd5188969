"""Who may see the referrals of a case."""

import pytest

from services.referral.custody import policies
from shared.codes import Role
from shared.runtime.facts import Refused
from tests.support.decisions import ACTIVE_ROLES, acting

INTAKE: frozenset[str] = frozenset({Role.PROVIDER_INTAKE})
# The kind is `missing`: who may not see a case learns not that it is there.
RULE = "whoever-is-involved-sees-the-referrals (missing)"
INVOLVED = {"casa-aperta", "porto"}
COORDINATION = {Role.COORDINATOR, Role.AUDITOR}


def seen(organisation: str, roles: frozenset[str], custodian: str | None = "hotline") -> str:
    """The custodian's name, or the rule that says no."""
    try:
        return policies.whoever_is_involved_sees_the_referrals(
            acting(organisation, *roles), "SeeReferrals", custodian, INVOLVED
        )
    except Refused as refused:
        return f"{refused.rule} ({refused.kind})"


@pytest.mark.parametrize("organisation", ["hotline", "casa-aperta", "porto"])
def test_when_the_custodian_or_somebody_asked_looks_then_they_see(organisation: str) -> None:
    assert seen(organisation, INTAKE) == "hotline"


@pytest.mark.parametrize("role", sorted(COORDINATION))
def test_when_the_coordination_looks_then_it_sees(role: Role) -> None:
    assert seen("regione", frozenset({role})) == "hotline"


def test_when_anybody_else_looks_then_there_is_nothing() -> None:
    assert seen("questura", ACTIVE_ROLES - COORDINATION) == RULE


def test_given_no_such_case_when_anybody_looks_then_there_is_nothing() -> None:
    assert seen("regione", ACTIVE_ROLES, None) == RULE
    assert seen("casa-aperta", INTAKE, None) == RULE
