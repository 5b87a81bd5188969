"""Given a case, when it is opened in an emergency, looked into, judged or forgotten: then this."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some
from pydantic import SecretStr

from services.identification.cases.decide import CASES
from services.identification.cases.emergency import policies
from services.identification.cases.emergency.commands import (
    CheckReview,
    LookInEmergency,
    OfEmergency,
    OpenEmergency,
    ReviewEmergency,
)
from services.identification.cases.emergency.deadlines import deadlines
from services.identification.cases.emergency.events import (
    EmergencyLooked,
    EmergencyOpened,
    EmergencyReviewed,
    EmergencyReviewOverdue,
)
from services.identification.cases.emergency.fields import EmergencyField, EmergencyVerdict
from shared.codes import Role
from shared.runtime.facts import Acting, ClearTimer, Fact, Recorded, Refused, SetTimer
from shared.trust.protected import Narrative, Protected
from shared.trust.step_up import Proof
from tests.identification.given import CASE, CONSENTED, SHELTER
from tests.identification.test_erasing import REQUESTED
from tests.support.decisions import FRESH, NOW, acting, refusal, when

WHY = SecretStr("she called: he is at the door")
OPEN = OpenEmergency(reason=WHY, minutes=30)
LOOK = LookInEmergency(
    emergency=FRESH, fields=(EmergencyField.REACH, EmergencyField.NAME, EmergencyField.REACH)
)
JUSTIFIED = ReviewEmergency(emergency=FRESH, verdict=EmergencyVerdict.JUSTIFIED)
NOT_JUSTIFIED = ReviewEmergency(emergency=FRESH, verdict=EmergencyVerdict.NOT_JUSTIFIED)
CHECK = CheckReview(emergency=FRESH)

STREET = replace(
    acting("on-the-road", Role.STREET_OPERATOR),
    authenticated_at=NOW - timedelta(minutes=5),
    factors=frozenset({"pwd", "otp"}),
)
COORDINATOR = acting("regione", Role.COORDINATOR, operator="op-9")
TIMER = acting("identification", operator="timer")
HALF_AN_HOUR = NOW + timedelta(minutes=30)
OPENED = EmergencyOpened(
    emergency=FRESH,
    operator="op-1",
    organisation="on-the-road",
    custodian="hotline",
    reason=Protected[Narrative](clear=WHY),
    ends_at=HALF_AN_HOUR,
    review_by=NOW + timedelta(hours=24),
    proof=Proof(at=NOW - timedelta(minutes=5), factors=("otp",)),
)
REVIEWED = EmergencyReviewed(emergency=FRESH, reviewer="op-9", verdict=EmergencyVerdict.JUSTIFIED)
OVERDUE = EmergencyReviewOverdue(emergency=FRESH)
RUNNING: list[Fact] = [*CONSENTED, OPENED]
ENDED = "nobody-looks-after-an-emergency-has-ended"
PROOF = "an-emergency-wants-fresh-proof-of-who-acts"
WHO = "who-works-with-people-sees-them-in-an-emergency"


def test_given_a_case_when_it_is_opened_in_an_emergency_then_for_this_long_and_with_a_review() -> (
    None
):
    assert when(CASES, CONSENTED, OPEN, STREET) == [OPENED]


def test_given_no_case_when_it_is_opened_in_an_emergency_then_it_is_refused() -> None:
    assert refusal(CASES, [], OPEN, STREET) == "the-case-exists"


@pytest.mark.parametrize("command", [OPEN, LOOK, JUSTIFIED, CHECK])
def test_given_an_erasure_when_there_is_an_emergency_then_nothing_is_shown(
    command: OfEmergency,
) -> None:
    facts = [*RUNNING, REQUESTED]
    assert refusal(CASES, facts, command, STREET) == "what-was-erased-stays-erased"


@pytest.mark.parametrize(
    "roles",
    [
        (Role.COORDINATOR,),
        (Role.AUDITOR,),
        (Role.ANALYST,),
        (Role.POLICE_OFFICER,),
        (Role.POLICE_OFFICER, Role.STREET_OPERATOR),
        (Role.JUDICIAL_AUTHORITY, Role.CASE_MANAGER),
    ],
)
def test_when_somebody_who_does_not_help_opens_or_looks_then_it_is_refused(
    roles: tuple[Role, ...],
) -> None:
    by = replace(STREET, roles=frozenset(roles))
    assert refusal(CASES, CONSENTED, OPEN, by) == WHO
    assert refusal(CASES, RUNNING, LOOK, by) == WHO


@pytest.mark.parametrize(
    "role",
    [Role.HOTLINE_OPERATOR, Role.STREET_OPERATOR, Role.CASE_MANAGER, Role.PROVIDER_INTAKE],
)
def test_when_somebody_who_helps_opens_a_case_in_an_emergency_then_they_may(role: Role) -> None:
    assert when(CASES, CONSENTED, OPEN, replace(STREET, roles=frozenset({role}))) == [OPENED]


@pytest.mark.parametrize(
    ("at", "factors"),
    [
        (None, {"otp"}),
        (NOW - timedelta(minutes=5, microseconds=1), {"otp"}),
        (NOW + timedelta(seconds=61), {"otp"}),
        (NOW, set()),
        (NOW, {"pwd"}),
        (NOW, {"pwd", "sms"}),
    ],
)
def test_when_who_acts_has_not_proved_it_anew_then_it_is_refused(
    at: datetime | None, factors: set[str]
) -> None:
    by = replace(STREET, authenticated_at=at, factors=frozenset(factors))
    assert refusal(CASES, CONSENTED, OPEN, by) == PROOF


@pytest.mark.parametrize("factor", ["otp", "hwk", "swk", "sc", "mfa"])
@pytest.mark.parametrize("ago", [timedelta(), timedelta(minutes=5), timedelta(seconds=-60)])
def test_when_who_acts_has_proved_it_anew_then_they_may(factor: str, ago: timedelta) -> None:
    by = replace(STREET, authenticated_at=NOW - ago, factors=frozenset({"pwd", factor}))
    proof = Proof(at=NOW - ago, factors=(factor,))
    assert when(CASES, CONSENTED, OPEN, by) == [OPENED.model_copy(update={"proof": proof})]


@pytest.mark.parametrize("why", ["", "help", "h e l p . . . . .", "         .         "])
def test_when_the_reason_says_nothing_then_it_is_refused(why: str) -> None:
    asked = OpenEmergency(reason=SecretStr(why))
    assert refusal(CASES, CONSENTED, asked, STREET) == "an-emergency-has-a-reason"


@pytest.mark.parametrize("why", ["ten-ten-te", "i n  a  s e n t e n c e"])
def test_when_the_reason_says_something_then_it_is_kept_word_for_word(why: str) -> None:
    (opened,) = when(CASES, CONSENTED, OpenEmergency(reason=SecretStr(why)), STREET)
    assert isinstance(opened, EmergencyOpened)
    assert opened.reason.clear is not None
    assert opened.reason.clear.get_secret_value() == why
    assert opened.ends_at == NOW + timedelta(hours=1)


def test_when_more_than_an_hour_is_asked_for_then_it_is_refused() -> None:
    asked = OpenEmergency(reason=WHY, minutes=61)
    assert refusal(CASES, CONSENTED, asked, STREET) == "an-emergency-lasts-an-hour-at-most"


def test_given_an_emergency_when_its_opener_looks_then_each_field_is_recorded_once() -> None:
    fields = (EmergencyField.NAME, EmergencyField.REACH)
    looked = EmergencyLooked(emergency=FRESH, look=FRESH, fields=fields)
    assert when(CASES, RUNNING, LOOK, STREET) == [looked]
    assert when(CASES, [*RUNNING, looked, OVERDUE], LOOK, STREET) == [looked]


def test_given_an_emergency_when_its_opener_looks_later_without_new_proof_then_they_may() -> None:
    later = replace(STREET, now=HALF_AN_HOUR - timedelta(microseconds=1), factors=frozenset())
    assert len(when(CASES, RUNNING, LOOK, later)) == 1


@pytest.mark.parametrize(
    "by",
    [
        replace(STREET, operator="op-2"),
        replace(STREET, organisation="hotline"),
        SHELTER,
    ],
)
def test_given_an_emergency_when_somebody_else_looks_then_it_is_refused(by: Acting) -> None:
    assert refusal(CASES, RUNNING, LOOK, by) == "only-who-opened-an-emergency-looks"


def test_given_no_emergency_when_anybody_looks_or_judges_then_it_is_refused() -> None:
    assert refusal(CASES, CONSENTED, LOOK, STREET) == "the-emergency-was-opened"
    assert refusal(CASES, CONSENTED, JUSTIFIED, COORDINATOR) == "the-emergency-was-opened"


@pytest.mark.parametrize(
    ("facts", "now"),
    [(RUNNING, HALF_AN_HOUR), ([*RUNNING, REVIEWED], NOW)],
)
def test_given_its_end_or_its_review_when_its_opener_looks_then_it_is_refused(
    facts: Sequence[Fact], now: datetime
) -> None:
    assert refusal(CASES, facts, LOOK, replace(STREET, now=now)) == ENDED


def test_given_an_emergency_when_a_second_person_judges_it_then_it_is_reviewed() -> None:
    assert when(CASES, RUNNING, JUSTIFIED, COORDINATOR) == [REVIEWED]
    late = replace(COORDINATOR, now=NOW + timedelta(days=3))
    assert when(CASES, [*RUNNING, OVERDUE], JUSTIFIED, late) == [REVIEWED]


def test_given_an_emergency_when_who_does_not_coordinate_judges_it_then_it_is_refused() -> None:
    by = acting("regione", Role.AUDITOR, Role.CASE_MANAGER, operator="op-9")
    assert refusal(CASES, RUNNING, JUSTIFIED, by) == "the-coordinator-reviews-emergencies"


@pytest.mark.parametrize("organisation", ["on-the-road", "regione"])
def test_given_an_emergency_when_its_opener_judges_it_then_it_is_refused(organisation: str) -> None:
    by = acting(organisation, Role.COORDINATOR, operator="op-1")
    assert refusal(CASES, RUNNING, JUSTIFIED, by) == "nobody-reviews-their-own-emergency"


def test_given_a_review_when_it_is_said_again_then_nothing_and_otherwise_it_is_refused() -> None:
    facts = [*RUNNING, REVIEWED]
    assert when(CASES, facts, JUSTIFIED, COORDINATOR) == []
    assert refusal(CASES, facts, NOT_JUSTIFIED, COORDINATOR) == "an-emergency-is-reviewed-once"


def test_given_no_review_in_time_when_it_is_checked_then_it_is_overdue_once() -> None:
    assert when(CASES, RUNNING, CHECK, TIMER) == [OVERDUE]
    assert when(CASES, [*RUNNING, OVERDUE], CHECK, TIMER) == []
    assert when(CASES, [*RUNNING, REVIEWED], CHECK, TIMER) == []
    assert when(CASES, CONSENTED, CHECK, TIMER) == []


def test_the_review_is_checked_a_day_after_the_opening_and_not_after_a_review() -> None:
    (timer,) = deadlines(Recorded(CASE, 4, OPENED, NOW, "op-1", "on-the-road"))
    assert isinstance(timer, SetTimer)
    assert (timer.due, timer.stream) == (NOW + timedelta(hours=24), CASE)
    assert timer.command == CHECK
    cleared = deadlines(Recorded(CASE, 5, REVIEWED, NOW, "op-9", "regione"))
    assert cleared == [ClearTimer(timer.id)]


_LOOKS = some.integers(0, 180).map(lambda minutes: ("look", minutes))
_JUDGES = some.tuples(some.sampled_from(["op-1", "op-9"]), some.integers(0, 180))


@given(some.integers(1, 60), some.lists(_LOOKS | _JUDGES, max_size=12))
def test_whatever_comes_nobody_looks_after_the_end_and_nobody_judges_themselves(
    lasting: int, asked: list[tuple[str, int]]
) -> None:
    facts: list[Fact] = [*CONSENTED]
    facts += when(CASES, facts, OpenEmergency(reason=WHY, minutes=lasting), STREET)  # type: ignore[arg-type]  # facts of its own stream
    told: list[tuple[int, object, str]] = []
    for who, minutes in sorted(asked, key=lambda each: each[1]):
        now = NOW + timedelta(minutes=minutes)
        by = replace(COORDINATOR, operator=who) if who != "look" else STREET
        command = JUSTIFIED if who != "look" else LOOK
        try:
            decided = when(CASES, facts, command, replace(by, now=now))
        except Refused:
            continue
        facts += decided  # type: ignore[arg-type]  # facts of its own stream
        told += [(minutes, event, by.operator) for event in decided]
    judged = False
    for minutes, event, operator in told:
        if isinstance(event, EmergencyLooked):
            assert minutes < lasting
            assert not judged
        if isinstance(event, EmergencyReviewed):
            judged = True
            assert operator == event.reviewer != "op-1"


@pytest.mark.parametrize(
    ("organisation", "role"),
    [("on-the-road", Role.STREET_OPERATOR), ("regione", Role.COORDINATOR), ("x", Role.AUDITOR)],
)
def test_who_opened_it_and_who_judges_see_an_emergency(organisation: str, role: Role) -> None:
    row = {"organisation": "on-the-road", "operator": "op-1"}
    rule = policies.who_opened_or_judges_it_sees_an_emergency
    assert rule(acting(organisation, role), row) == row


def test_nobody_else_sees_an_emergency() -> None:
    row = {"organisation": "on-the-road", "operator": "op-1"}
    rule = policies.who_opened_or_judges_it_sees_an_emergency
    with pytest.raises(Refused) as refused:
        rule(acting("hotline", Role.CASE_MANAGER), row)
    assert refused.value.rule == "who-opened-or-judges-it-sees-an-emergency"
    assert refused.value.kind == "missing"
