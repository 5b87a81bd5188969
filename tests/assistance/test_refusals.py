"""How a refusal speaks: of which kind it is, why it is, and what to do instead, in sentences."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from services.assistance import policies
from services.assistance.notes import policies as notes
from services.assistance.state import Case
from shared.codes import ClosureKind, DataCategory, Purpose, Role, ServiceType
from shared.runtime.facts import RefusalKind, Refused
from tests.assistance.given import TODAY
from tests.support.decisions import acting

SENTENCES = re.compile(r"[A-Z][a-z ].*[a-z]\.")
HOTLINE = acting("hotline", Role.PROVIDER_INTAKE)
PORTO = acting("porto", Role.PROVIDER_INTAKE)
ANALYST = acting("porto", Role.ANALYST)
HEALTH = (Purpose.HEALTH_CARE, [DataCategory.HEALTH])
DAY = timedelta(days=1)
Refusal = tuple[Callable[..., object], tuple[object, ...], RefusalKind]
REFUSALS: list[Refusal] = [
    (policies.a_programme_opens_with_a_handover, (None,), "missing"),
    (
        policies.only_the_organisation_that_runs_a_programme_acts_on_it,
        (HOTLINE, "AgreePlan", "casa-aperta"),
        "authority",
    ),
    (policies.a_closed_programme_takes_nothing_more, (ClosureKind.OTHER,), "state"),
    (policies.without_consent_a_programme_can_only_be_closed, (True,), "state"),
    (policies.a_new_plan_needs_a_consent_that_lasts, (True,), "state"),
    (
        policies.a_plan_holds_what_programmes_deliver,
        ([ServiceType.FORMAL_IDENTIFICATION],),
        "content",
    ),
    (policies.a_plan_is_reviewed_on_a_day_to_come, (TODAY - DAY, TODAY), "content"),
    (policies.a_plan_is_agreed_before_services, ((),), "state"),
    (policies.a_service_is_one_of_the_plan, (ServiceType.WORK, ()), "state"),
    (policies.a_service_has_been_delivered, (TODAY + DAY, TODAY), "content"),
    (
        policies.police_and_courts_never_see_the_care_record,
        (acting("tribunale", Role.JUDICIAL_AUTHORITY),),
        "authority",
    ),
    (
        policies.the_coordinator_lists_all_programmes_and_others_their_own,
        (ANALYST,),
        "authority",
    ),
    (
        policies.who_helps_and_the_coordination_see_programmes,
        (HOTLINE, {"casa-aperta"}),
        "missing",
    ),
    (
        policies.who_alone_helps_and_the_coordination_see_the_trace,
        (PORTO, {"porto", "casa-aperta"}),
        "authority",
    ),
    (notes.who_works_with_people_asks_for_notes, (ANALYST, "DiscloseNotes"), "authority"),
    (notes.notes_are_disclosed_on_a_live_consent, (PORTO, None, Case(), *HEALTH), "authority"),
    (notes.notes_are_of_a_programme, ((),), "missing"),
]


@pytest.mark.parametrize(("rule", "given", "kind"), REFUSALS)
def test_when_a_rule_says_no_then_it_says_which_it_is_and_why_and_what_to_do_instead(
    rule: Callable[..., object], given: tuple[object, ...], kind: RefusalKind
) -> None:
    with pytest.raises(Refused) as refused:
        rule(*given)
    assert refused.value.rule == rule.__name__.replace("_", "-")
    assert refused.value.kind == kind
    assert SENTENCES.fullmatch(refused.value.because)
    assert SENTENCES.fullmatch(refused.value.instead)


def test_police_and_courts_are_refused_under_the_name_of_their_rule_and_nobody_else_is() -> None:
    rule = policies.police_and_courts_never_see_the_care_record
    for role in set(Role) - {Role.POLICE_OFFICER, Role.JUDICIAL_AUTHORITY}:
        rule(acting("porto", role))
    with pytest.raises(Refused) as refused:
        rule(acting("porto", Role.PROVIDER_INTAKE, Role.POLICE_OFFICER))
    assert refused.value.rule == "police-and-courts-never-see-the-care-record"
