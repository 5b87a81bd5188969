"""Two logs beside each other where one of them was put back to an older state, or somebody was
erased before a message was heard: told, and no fault of anybody's."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from shared.codes import DataCategory, OrganisationKind, Purpose
from staffetta.audit.comparing import Side, compare
from staffetta.audit.consents import Consents, Said, Scope, Use
from staffetta.audit.findings import Findings

CASE, CONSENT = "case-1", "consent-1"
NOON = datetime(2026, 3, 8, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=30)
SCOPE = Scope(
    "casa-aperta",
    None,
    Purpose.REFERRAL,
    NOON + timedelta(days=365),
    frozenset({DataCategory.NARRATIVE, DataCategory.IDENTITY}),
)
GIVEN = Said(0, NOON, CONSENT, "scope", SCOPE)
WITHDRAWN = Said(1, NOON + timedelta(hours=1), CONSENT, "withdrawn")


def log(*said: Said, uses: tuple[Use, ...] = (), lost_at: datetime | None = None) -> Consents:
    consents = Consents(uses=list(uses), lost_at=lost_at)
    consents.said[CASE].extend(said)
    return consents


def compared(owner: Consents, other: Consents, at: datetime = LATER) -> Findings:
    return compare("assistance", Side(owner, at), Side(other, at), together=True)


def test_a_withdrawal_that_was_not_heard_within_a_day_is_a_fault() -> None:
    found = compared(log(GIVEN, WITHDRAWN), log(GIVEN))
    assert found.heeded == ["the withdrawal of identification's entry 1 was not heard within a day"]
    assert not found.noted


def test_of_whoever_was_erased_nothing_more_is_heard() -> None:
    found = compared(log(GIVEN, WITHDRAWN), replace(log(GIVEN), erased={CASE}))
    assert (found.noted, found.heeded, found.waiting) == ([], [], [])


def test_what_identification_lost_cannot_be_compared() -> None:
    use = Use(2, NOON, CASE, CONSENT, shown=True, to="casa-aperta")
    other = log(GIVEN, WITHDRAWN, uses=(use,))
    found = compared(log(lost_at=NOON + timedelta(hours=2)), other)
    assert (found.noted, found.heeded, found.lost) == ([], [], 3)
    later = compared(log(lost_at=NOON - timedelta(hours=2)), other)
    assert (len(later.noted), later.lost) == (3, 0)


def test_what_is_of_the_future_is_no_younger_log() -> None:
    """Else whoever invents something would only have to date it late."""
    invented = replace(GIVEN, at=LATER + timedelta(days=300))
    assert compared(log(), log(invented)).noted


def test_a_withdrawal_that_the_hearer_lost_is_waited_for_again() -> None:
    name = (CASE, CONSENT, "assistance")
    owner = replace(log(GIVEN, WITHDRAWN), acknowledged={name: NOON + timedelta(hours=2)})
    soon = NOON + timedelta(hours=5)
    lost = compared(owner, log(GIVEN, lost_at=NOON + timedelta(hours=4)), soon)
    assert (lost.heeded, len(lost.waiting)) == ([], 1)
    (fault,) = compared(owner, log(GIVEN), soon).heeded
    assert "was acknowledged from here, and is not noted here" in fault


def test_a_narrowing_to_one_of_a_class_is_less_and_any_other_is_not() -> None:
    """Noted here and not told there: perhaps a narrowing that the owner's log is too old for."""
    to_class = replace(SCOPE, recipient=None, recipient_class=OrganisationKind.NGO)
    owner = log(replace(GIVEN, scope=to_class))
    one = compared(owner, log(replace(GIVEN, at=LATER)))
    assert (one.noted, one.younger) == ([], 1)
    other_class = replace(to_class, recipient_class=OrganisationKind.POLICE)
    other = compared(owner, log(replace(GIVEN, at=LATER, scope=other_class)))
    assert other.noted == ["entry 0: a consent was noted to another recipient than was given"]


def test_of_an_ended_consent_only_what_was_shown_too_late_is_a_fault() -> None:
    expired = replace(WITHDRAWN, what="expired")
    fine = Use(2, NOON + timedelta(hours=1), CASE, CONSENT, True, "casa-aperta", frozenset())
    late = replace(fine, number=3, at=NOON + timedelta(days=2))
    found = compared(log(GIVEN, expired), log(GIVEN, expired, uses=(fine, late)))
    told = "entry 3: shown more than a day after its consent had ended or was narrowed"
    assert (found.heeded, found.meanwhile) == ([told], 1)
