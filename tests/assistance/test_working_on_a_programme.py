"""Plans, services and closure: what the organisation that runs a programme may do."""

from datetime import timedelta

import pytest
from pydantic import SecretStr, ValidationError

from services.assistance.commands import AgreePlan, Command, Plan
from services.assistance.decide import PROGRAMMES
from services.assistance.events import PlanAgreed, ProgrammeClosed, ServiceDelivered
from shared.codes import ClosureKind, Role, ServiceType
from shared.runtime.facts import Acting, Fact
from tests.assistance.given import (
    ANOTHER_REFERRAL,
    CLOSE,
    CLOSED,
    DELIVER,
    DELIVERED,
    HOTLINE,
    NOTED,
    OPENED,
    OPENED_ANOTHER,
    PLAN,
    PLANNED,
    SECRET,
    SHELTER,
    STOPPED,
    TODAY,
)
from tests.support.decisions import acting, refusal, when

ALL: list[Command] = [PLAN, DELIVER, CLOSE]
DAY = timedelta(days=1)


def decided(given: list[Fact], command: Command, by: Acting = SHELTER) -> list[Fact]:
    return list(when(PROGRAMMES, given, command, by))  # type: ignore[arg-type]  # no facts elsewhere


def refused(given: list[Fact], command: Command, by: Acting = SHELTER) -> str:
    return refusal(PROGRAMMES, given, command, by)


def test_given_an_open_programme_when_a_plan_is_agreed_then_each_service_is_in_it_once() -> None:
    assert decided([OPENED], PLAN) == [PLANNED]


def test_given_a_plan_when_another_is_agreed_then_the_later_one_counts() -> None:
    again = PLAN.model_copy(update={"services": (ServiceType.WORK,)})
    (agreed,) = decided([OPENED, PLANNED], again)
    assert isinstance(agreed, PlanAgreed)
    assert agreed.services == (ServiceType.WORK,)
    assert refused([OPENED, PLANNED, agreed], DELIVER) == "a-service-is-one-of-the-plan"


def test_when_a_plan_holds_goals_then_they_are_protected() -> None:
    (agreed,) = decided([OPENED], PLAN.model_copy(update={"goals": SecretStr(SECRET)}))
    assert isinstance(agreed, PlanAgreed)
    assert agreed.goals is not None
    assert agreed.goals.class_of_data() == "narrative"
    assert SECRET not in repr(agreed)


def test_when_a_plan_is_reviewed_today_then_it_is_agreed() -> None:
    assert decided([OPENED], PLAN.model_copy(update={"review_on": TODAY}))


def test_when_a_plan_is_reviewed_yesterday_then_it_is_refused() -> None:
    late = PLAN.model_copy(update={"review_on": TODAY - DAY})
    assert refused([OPENED], late) == "a-plan-is-reviewed-on-a-day-to-come"


def test_when_a_plan_holds_formal_identification_then_it_is_refused() -> None:
    services = (ServiceType.WORK, ServiceType.FORMAL_IDENTIFICATION)
    plan = AgreePlan(referral=PLAN.referral, services=services, review_on=PLAN.review_on)
    assert refused([OPENED], plan) == "a-plan-holds-what-programmes-deliver"


def test_when_a_plan_holds_nothing_then_it_is_no_plan() -> None:
    with pytest.raises(ValidationError):
        Plan(services=(), review_on=TODAY)


def test_given_a_plan_when_a_service_of_it_is_delivered_then_it_is_recorded() -> None:
    bare = DELIVER.model_copy(update={"note": None})
    assert decided([OPENED, PLANNED], bare) == [DELIVERED]


def test_when_a_service_comes_with_a_note_then_it_is_a_narrative() -> None:
    (told,) = decided([OPENED, PLANNED], DELIVER)
    assert isinstance(told, ServiceDelivered)
    assert told.health_note is None
    assert told.note is not None
    assert told.note.class_of_data() == "narrative"


@pytest.mark.parametrize("service", [ServiceType.MEDICAL, ServiceType.PSYCHOLOGICAL])
def test_when_a_service_of_health_comes_with_a_note_then_it_is_health_data(
    service: ServiceType,
) -> None:
    planned = PLANNED.model_copy(update={"services": (service,)})
    (told,) = decided([OPENED, planned], DELIVER.model_copy(update={"service": service}))
    assert isinstance(told, ServiceDelivered)
    assert told.note is None
    assert told.health_note is not None
    assert told.health_note.class_of_data() == "health"


def test_given_no_plan_when_a_service_is_delivered_then_it_is_refused() -> None:
    assert refused([OPENED], DELIVER) == "a-plan-is-agreed-before-services"


def test_when_a_service_is_not_of_the_plan_then_it_is_refused() -> None:
    work = DELIVER.model_copy(update={"service": ServiceType.WORK})
    assert refused([OPENED, PLANNED], work) == "a-service-is-one-of-the-plan"


def test_when_a_service_is_to_come_then_it_is_refused() -> None:
    to_come = DELIVER.model_copy(update={"delivered_on": TODAY + 2 * DAY})
    assert refused([OPENED, PLANNED], to_come) == "a-service-has-been-delivered"


def test_given_midnight_has_passed_where_it_was_delivered_then_it_is_recorded() -> None:
    today_in_italy = DELIVER.model_copy(update={"delivered_on": TODAY + DAY})
    assert decided([OPENED, PLANNED], today_in_italy)


def test_when_a_service_was_delivered_before_both_sides_confirmed_then_it_is_recorded() -> None:
    earlier = DELIVER.model_copy(update={"delivered_on": TODAY - 3 * DAY})
    assert decided([OPENED, PLANNED], earlier)


@pytest.mark.parametrize("given", [[OPENED], [OPENED, PLANNED], [OPENED, STOPPED, NOTED]])
def test_given_a_programme_in_any_state_when_it_is_closed_then_it_says_how(
    given: list[Fact],
) -> None:
    assert decided(given, CLOSE) == [CLOSED]


def test_when_a_closure_comes_with_a_note_then_it_is_protected() -> None:
    (closed,) = decided([OPENED], CLOSE.model_copy(update={"note": SecretStr(SECRET)}))
    assert isinstance(closed, ProgrammeClosed)
    assert closed.note is not None
    assert closed.note.class_of_data() == "narrative"
    assert SECRET not in repr(closed)


def test_given_a_closed_programme_when_it_is_closed_the_same_way_then_nothing_happens() -> None:
    assert decided([OPENED, CLOSED], CLOSE) == []


def test_given_a_closed_programme_when_it_is_closed_in_another_way_then_it_is_refused() -> None:
    other = CLOSE.model_copy(update={"closure": ClosureKind.CONTACT_LOST})
    assert refused([OPENED, CLOSED], other) == "a-closed-programme-takes-nothing-more"


@pytest.mark.parametrize("command", [PLAN, DELIVER])
def test_given_a_closed_programme_when_anything_else_is_asked_then_it_is_refused(
    command: Command,
) -> None:
    given: list[Fact] = [OPENED, PLANNED, CLOSED]
    assert refused(given, command) == "a-closed-programme-takes-nothing-more"


@pytest.mark.parametrize("command", [PLAN, DELIVER])
def test_given_a_stopped_programme_when_anything_but_closing_is_asked_then_it_is_refused(
    command: Command,
) -> None:
    given: list[Fact] = [OPENED, PLANNED, STOPPED, NOTED]
    assert refused(given, command) == "without-consent-a-programme-can-only-be-closed"


@pytest.mark.parametrize("command", ALL)
def test_when_another_organisation_acts_on_a_programme_then_it_is_refused(command: Command) -> None:
    rule = "only-the-organisation-that-runs-a-programme-acts-on-it"
    assert refused([OPENED, PLANNED], command, HOTLINE) == rule
    assert refused([OPENED, PLANNED, CLOSED], command, HOTLINE) == rule


@pytest.mark.parametrize("command", ALL)
@pytest.mark.parametrize("role", sorted(set(Role) - {Role.CASE_MANAGER, Role.PROVIDER_INTAKE}))
def test_when_a_role_of_the_organisation_does_not_run_programmes_then_it_is_refused(
    command: Command, role: Role
) -> None:
    rule = "only-the-organisation-that-runs-a-programme-acts-on-it"
    assert refused([OPENED, PLANNED], command, acting("casa-aperta", role)) == rule


def test_when_a_case_manager_of_the_organisation_acts_then_it_is_done() -> None:
    assert decided([OPENED], PLAN, acting("casa-aperta", Role.CASE_MANAGER)) == [PLANNED]


@pytest.mark.parametrize("command", ALL)
def test_given_no_handover_when_a_programme_is_worked_on_then_it_is_refused(
    command: Command,
) -> None:
    rule = "a-programme-opens-with-a-handover"
    assert refused([], command) == rule
    assert refused([OPENED_ANOTHER], command) == rule


def test_given_two_programmes_when_one_is_closed_then_the_other_goes_on() -> None:
    second = OPENED_ANOTHER.model_copy(update={"organisation": "casa-aperta"})
    another = PLAN.model_copy(update={"referral": ANOTHER_REFERRAL})
    assert decided([OPENED, second, CLOSED], another)
