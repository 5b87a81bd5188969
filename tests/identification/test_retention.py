"""Given the rules of retention, when an erasure is asked for: then the law is asked first."""

from datetime import date, timedelta

import pytest

from services.identification.cases.commands import (
    RepeatErasure,
)
from services.identification.cases.decide import CASES
from services.identification.cases.events import (
    CustodyMoved,
    ErasureRequested,
    ProgrammeClosureHeard,
)
from services.identification.retention.commands import SetRetention
from services.identification.retention.decide import RETENTION
from services.identification.retention.events import RetentionSet
from services.identification.retention.policies import (
    nothing_under_a_legal_hold_is_erased,
    what_must_be_kept_is_not_erased_before_its_time,
)
from services.identification.retention.rules import Kept, LegalHold
from shared.codes import (
    ClosureKind,
    DataCategory,
    Role,
    ServiceType,
)
from shared.runtime.facts import Fact, Refused
from tests.identification.given import (
    CASE,
    CONSENTED,
    MANAGER,
    RELAY,
    TODAY,
)
from tests.identification.test_erasing import COORDINATOR, ERASE
from tests.support.decisions import NOW, acting, refusal, when


def rules(**told: object) -> dict[str, list[Fact]]:
    kept = {"keep": (), "hold": (), "attest_within_hours": 24, "since": date(2026, 1, 31)}
    return {"retention": [RetentionSet.model_validate(kept | told)]}


def kept(months: int = 6) -> Kept:
    return Kept(category=DataCategory.HEALTH, months_after_closure=months, basis="law 1/2000")


def test_the_network_says_how_long_services_may_take_to_attest() -> None:
    (requested,) = when(CASES, CONSENTED, ERASE, MANAGER, rules())
    assert isinstance(requested, ErasureRequested)
    assert requested.attest_by == NOW + timedelta(hours=24)


def hold(until: date | None, case: str = CASE) -> dict[str, list[Fact]]:
    return rules(hold=(LegalHold(case=case, basis="proceedings 7/2026", until=until),))


@pytest.mark.parametrize("until", [None, TODAY + timedelta(days=1)])
def test_given_a_legal_hold_when_erasure_is_asked_for_then_it_is_refused(
    until: date | None,
) -> None:
    rule = refusal(CASES, CONSENTED, ERASE, COORDINATOR, hold(until))
    assert rule == "nothing-under-a-legal-hold-is-erased"


def test_given_a_hold_that_ended_or_is_on_another_case_then_it_is_requested() -> None:
    for others in (hold(TODAY), hold(None, f"case-{'0' * 32}")):
        assert when(CASES, CONSENTED, ERASE, COORDINATOR, others)


MOVED = CustodyMoved(custodian="casa-aperta", referral="r-1", service=ServiceType.RESIDENTIAL)


def closed(on: date | None) -> ProgrammeClosureHeard:
    return ProgrammeClosureHeard(organisation="casa-aperta", closure=ClosureKind.OTHER, heard_on=on)


# Six months after the last day of August is the last of February.
@pytest.mark.parametrize(
    ("facts", "now", "allowed"),
    [
        ([], date(2026, 3, 8), True),
        ([MOVED], date(2026, 3, 8), False),
        ([MOVED.model_copy(update={"service": None})], date(2026, 3, 8), False),
        (
            [MOVED.model_copy(update={"service": ServiceType.FORMAL_IDENTIFICATION})],
            date(2026, 3, 8),
            True,
        ),
        ([MOVED, closed(date(2025, 8, 31))], date(2026, 2, 27), False),
        ([MOVED, closed(date(2025, 8, 31))], date(2026, 2, 28), True),
        ([MOVED, closed(date(2025, 8, 31)), closed(date(2025, 1, 1))], date(2026, 2, 27), False),
        ([MOVED, closed(None)], date(2026, 7, 30), False),
        ([MOVED, closed(None)], date(2026, 7, 31), True),
    ],
)
def test_what_must_be_kept_is_kept_until_its_time(
    facts: list[Fact], now: date, allowed: bool
) -> None:
    then = acting(
        "regione",
        Role.COORDINATOR,
        now=NOW.replace(year=now.year, month=now.month, day=now.day),
    )
    known, keep = [*CONSENTED, *facts], rules(keep=(kept(),))
    if allowed:
        assert when(CASES, known, ERASE, then, keep)
    else:
        rule = refusal(CASES, known, ERASE, then, keep)
        assert rule == "what-must-be-kept-is-not-erased-before-its-time"
    assert when(CASES, known, ERASE, then, rules()), "without such a rule nothing stands in the way"


SET = SetRetention(keep=(kept(),), attest_within_hours=24)


def test_when_the_coordinator_sets_rules_then_they_are_kept_and_said_twice_once() -> None:
    (told,) = when(RETENTION, [], SET, COORDINATOR)
    assert told == RetentionSet(keep=SET.keep, hold=(), attest_within_hours=24, since=TODAY)
    assert when(RETENTION, [told], SET, COORDINATOR) == []
    changed = SetRetention(attest_within_hours=48)
    assert when(RETENTION, [told], changed, COORDINATOR)


def test_when_anybody_else_sets_rules_then_it_is_refused() -> None:
    assert refusal(RETENTION, [], SET, MANAGER) == "only-the-coordinator-says-what-must-be-kept"


def test_what_was_destroyed_once_is_destroyed_again_whatever_the_rules_say_now() -> None:
    assert when(CASES, CONSENTED, RepeatErasure(), RELAY, hold(None))


TELL = (
    "; tell the person why, and that they may complain to the supervisory authority (art. 12(4))."
)


@pytest.mark.parametrize(
    ("until", "when_possible"),
    [
        (None, "Ask again when the hold is off the network file"),
        (date(2027, 5, 1), "Ask again from 2027-05-01 on"),
    ],
)
def test_a_legal_hold_is_told_with_its_basis_its_source_and_its_end(
    until: date | None, when_possible: str
) -> None:
    held = LegalHold(case=CASE, basis="proceedings 7/2026", until=until)
    with pytest.raises(Refused) as refused:
        nothing_under_a_legal_hold_is_erased([held], CASE, TODAY)
    assert refused.value.because == (
        "A legal hold is on this case (proceedings 7/2026):"
        " Regulation (EU) 2016/679, art. 17(3)(e)."
    )
    assert refused.value.instead == when_possible + TELL


@pytest.mark.parametrize(
    ("running", "closed_on", "when_possible"),
    [
        (("casa-aperta",), None, "Ask again when the programme has closed"),
        (("casa-aperta",), date(2026, 1, 31), "Ask again when the programme has closed"),
        ((), date(2026, 1, 31), "Ask again from 2026-07-31 on"),
    ],
)
def test_what_must_be_kept_is_told_with_its_basis_its_source_and_its_end(
    running: tuple[str, ...], closed_on: date | None, when_possible: str
) -> None:
    with pytest.raises(Refused) as refused:
        what_must_be_kept_is_not_erased_before_its_time(
            [kept()], running, closed_on, date(2026, 3, 1)
        )
    assert refused.value.because == (
        "Data of the category health is kept for 6 months after a programme has closed"
        " (law 1/2000): Regulation (EU) 2016/679, art. 17(3)(b)."
    )
    assert refused.value.instead == when_possible + TELL
