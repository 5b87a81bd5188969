"""Who may see a case's programmes, and who its trace."""

import pytest

from services.assistance import policies
from shared.codes import Role
from shared.runtime.facts import Refused
from tests.support.decisions import acting

INTAKE: frozenset[str] = frozenset({Role.PROVIDER_INTAKE})


def programmes(organisation: str, roles: frozenset[str], *run_by: str) -> str | None:
    try:
        policies.who_helps_and_the_coordination_see_programmes(acting(organisation, *roles), run_by)
    except Refused as refused:
        return refused.rule
    return None


def trace(organisation: str, roles: frozenset[str], *run_by: str) -> str | None:
    try:
        by = acting(organisation, *roles)
        policies.who_alone_helps_and_the_coordination_see_the_trace(by, run_by)
    except Refused as refused:
        return refused.rule
    return None


def test_given_programmes_of_two_when_one_of_them_looks_then_they_see_programmes_only() -> None:
    assert programmes("casa-aperta", INTAKE, "porto", "casa-aperta") is None
    assert trace("casa-aperta", INTAKE, "porto", "casa-aperta") == (
        "who-alone-helps-and-the-coordination-see-the-trace"
    )


def test_given_programmes_of_one_organisation_when_it_looks_then_it_sees_the_trace() -> None:
    assert trace("casa-aperta", INTAKE, "casa-aperta") is None


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.AUDITOR])
def test_when_the_coordination_looks_then_it_sees_both(role: Role) -> None:
    assert programmes("regione", frozenset({role}), "porto", "casa-aperta") is None
    assert trace("regione", frozenset({role}), "porto", "casa-aperta") is None


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.COORDINATOR, Role.AUDITOR}))
def test_when_anybody_else_looks_then_there_is_nothing(role: Role) -> None:
    rule = "who-helps-and-the-coordination-see-programmes"
    assert programmes("hotline", frozenset({role}), "porto") == rule
    assert trace("hotline", frozenset({role}), "porto") == rule


def test_given_no_programme_when_the_coordination_looks_then_there_is_nothing() -> None:
    rule = "who-helps-and-the-coordination-see-programmes"
    assert programmes("regione", frozenset({Role.COORDINATOR})) == rule
