"""What the receivers of a referral answer, and what happens where they do not."""

from datetime import timedelta

import pytest

from services.referral.custody import commands
from services.referral.custody.events import ReferralAccepted, ReferralDeclined, ReferralExpired
from services.referral.directory.events import PlaceTaken
from shared.codes import DeclineReason, Role
from shared.runtime.facts import Acting, Fact, In, Request
from tests.referral.deciding import decided, refused
from tests.referral.given import (
    ACCEPT,
    ACCEPTED,
    ACKNOWLEDGE,
    ACKNOWLEDGED,
    ASKED,
    AT_SHELTER,
    CLOSED,
    COMPLETED,
    DECLINE,
    DECLINED,
    DRAFT,
    ENDED_NOTHING,
    EXPIRE,
    EXPIRED,
    HALTED,
    MOVED,
    NETWORK,
    NOTED,
    PORTO,
    PROPOSED,
    REFERRAL,
    RESIDENTIAL,
    SENT,
    SHELTER,
    STRANGER,
    TAKEN,
    TAKEN_BACK,
    TIMER,
    another,
    places,
)
from tests.support.decisions import ACTIVE_ROLES, NOW, acting

HOUR = timedelta(hours=1)
ANSWERS: list[Request] = [ACKNOWLEDGE, ACCEPT, DECLINE]
RECEIVES = {Role.PROVIDER_INTAKE, Role.CASE_MANAGER}
BY_PORTO = ReferralAccepted(referral=REFERRAL, receiver="porto")
ONE_PLACE = In(AT_SHELTER, PlaceTaken(service=RESIDENTIAL, referral=REFERRAL, free=1))


@pytest.mark.parametrize("role", sorted(RECEIVES))
def test_when_a_receiver_has_seen_it_then_it_says_so(role: Role) -> None:
    assert decided(ASKED, ACKNOWLEDGE, acting("casa-aperta", role)) == [ACKNOWLEDGED]


def test_given_an_acknowledgement_when_it_comes_again_then_nothing_happens() -> None:
    assert decided([*ASKED, ACKNOWLEDGED], ACKNOWLEDGE, SHELTER) == []


def test_given_an_acknowledgement_when_the_other_receiver_has_seen_it_too_then_it_is_noted() -> (
    None
):
    other = ACKNOWLEDGED.model_copy(update={"receiver": "porto"})
    assert decided([*ASKED, ACKNOWLEDGED], ACKNOWLEDGE, PORTO) == [other]


@pytest.mark.parametrize("given", [ASKED, [*ASKED, ACKNOWLEDGED]])
@pytest.mark.parametrize("role", sorted(RECEIVES))
def test_when_a_receiver_accepts_then_it_takes_one_of_its_places(
    given: list[Fact], role: Role
) -> None:
    assert decided(given, ACCEPT, acting("casa-aperta", role)) == [ACCEPTED, ONE_PLACE]


def test_given_an_acceptance_when_it_comes_again_then_no_second_place_is_taken() -> None:
    assert decided(TAKEN, ACCEPT, SHELTER) == []


@pytest.mark.parametrize("reason", DeclineReason)
def test_when_a_receiver_declines_then_it_says_why(reason: DeclineReason) -> None:
    declined = ReferralDeclined(referral=REFERRAL, receiver="casa-aperta", reason=reason)
    command = commands.DeclineReferral(referral=REFERRAL, reason=reason)
    assert decided([*ASKED, ACKNOWLEDGED], command, SHELTER) == [declined]


def test_given_a_declination_when_the_other_receiver_accepts_then_it_may() -> None:
    accepted = decided([*ASKED, DECLINED], ACCEPT, PORTO)
    assert accepted[0] == BY_PORTO
    assert len(accepted) == 2


@pytest.mark.parametrize("command", ANSWERS)
def test_when_the_sender_answers_its_own_referral_then_it_is_refused(command: Request) -> None:
    by = acting("hotline", *ACTIVE_ROLES)
    assert refused(ASKED, command, by) == "only-the-receiver-answers"
    assert refused(TAKEN, command, by) == "only-the-receiver-answers"


@pytest.mark.parametrize("command", ANSWERS)
@pytest.mark.parametrize("by", [STRANGER, acting("casa-aperta", *ACTIVE_ROLES - RECEIVES)])
def test_when_a_stranger_or_another_role_answers_then_it_is_refused(
    command: Request, by: Acting
) -> None:
    assert refused(ASKED, command, by) == "only-the-receiver-answers"
    assert refused(TAKEN, command, by) == "only-the-receiver-answers"


@pytest.mark.parametrize("command", ANSWERS)
@pytest.mark.parametrize("given", [DRAFT, MOVED, CLOSED, TAKEN_BACK, HALTED, [*ASKED, BY_PORTO]])
def test_given_another_stage_when_a_receiver_answers_then_it_is_refused(
    given: list[Fact], command: Request
) -> None:
    assert refused(given, command, SHELTER) == "the-referral-is-at-another-stage"


@pytest.mark.parametrize("command", [ACKNOWLEDGE, DECLINE])
def test_given_its_acceptance_when_a_receiver_answers_otherwise_then_it_is_refused(
    command: Request,
) -> None:
    assert refused(TAKEN, command, SHELTER) == "the-referral-is-at-another-stage"


@pytest.mark.parametrize("command", ANSWERS)
@pytest.mark.parametrize("answered", [DECLINED, EXPIRED])
def test_given_a_declination_or_expiry_when_the_receiver_answers_again_then_it_is_refused(
    answered: Fact, command: Request
) -> None:
    assert refused([*ASKED, answered], command, SHELTER) == "a-receiver-answers-once"


def test_given_no_live_consent_when_a_receiver_accepts_then_it_is_refused() -> None:
    rule = "a-referral-rests-on-a-live-consent"
    assert refused([*ASKED, ENDED_NOTHING], ACCEPT, SHELTER) == rule
    soon = NOTED.model_copy(update={"valid_until": NOW + HOUR})
    ending = [soon if fact is NOTED else fact for fact in ASKED]
    later = acting("casa-aperta", Role.PROVIDER_INTAKE, now=NOW + 2 * HOUR)
    assert refused(ending, ACCEPT, later) == rule
    assert decided(ending, DECLINE, later), "to say no needs no consent"


@pytest.mark.parametrize("answer", [ACKNOWLEDGE, ACCEPT, DECLINE])
def test_given_the_answer_time_has_passed_when_its_timer_is_late_then_no_answer_counts(
    answer: Request,
) -> None:
    due = next(asked.answer_by for asked in SENT.asked if asked.receiver == "casa-aperta")
    late = acting("casa-aperta", Role.PROVIDER_INTAKE, now=due)
    assert refused(ASKED, answer, late) == "an-answer-comes-in-time"
    in_time = acting("casa-aperta", Role.PROVIDER_INTAKE, now=due - HOUR)
    assert decided(ASKED, answer, in_time)


def test_given_custody_has_moved_when_a_receiver_accepts_then_no_place_is_taken() -> None:
    given = [*ASKED, another(PROPOSED), another(SENT), another(COMPLETED, receiver="porto")]
    assert refused(given, ACCEPT, SHELTER) == "only-who-has-the-person-hands-over"


@pytest.mark.parametrize("free", [0, -1])
def test_given_no_free_place_when_a_receiver_accepts_then_it_is_refused(free: int) -> None:
    full = {**NETWORK, AT_SHELTER: [*NETWORK[AT_SHELTER], places(2, free)]}
    assert refused(ASKED, ACCEPT, SHELTER, full) == "an-acceptance-takes-a-free-place"
    assert decided(ASKED, DECLINE, SHELTER, full), "to say no needs no place"


def test_given_an_organisation_that_is_not_registered_when_it_accepts_then_it_is_refused() -> None:
    gone = {**NETWORK, AT_SHELTER: []}
    assert refused(ASKED, ACCEPT, SHELTER, gone) == "the-organisation-is-registered"


@pytest.mark.parametrize("given", [ASKED, [*ASKED, ACKNOWLEDGED]])
def test_when_a_receiver_did_not_answer_in_time_then_it_expires(given: list[Fact]) -> None:
    assert decided(given, EXPIRE, TIMER) == [EXPIRED]


def test_given_one_expiry_when_the_other_is_due_then_it_expires_too() -> None:
    porto = EXPIRE.model_copy(update={"receiver": "porto"})
    expired = ReferralExpired(referral=REFERRAL, receiver="porto")
    assert decided([*ASKED, EXPIRED], porto, TIMER) == [expired]


@pytest.mark.parametrize(
    "given",
    [
        DRAFT,
        [*ASKED, EXPIRED],
        [*ASKED, DECLINED],
        [*ASKED, BY_PORTO],
        TAKEN,
        MOVED,
        CLOSED,
        TAKEN_BACK,
        HALTED,
    ],
)
def test_given_nobody_waits_for_it_when_the_answer_time_ends_then_nothing_happens(
    given: list[Fact],
) -> None:
    assert decided(given, EXPIRE, TIMER) == []


def test_when_somebody_who_was_not_asked_is_due_then_nothing_happens() -> None:
    nobody = EXPIRE.model_copy(update={"receiver": "questura"})
    assert decided(ASKED, nobody, TIMER) == []
