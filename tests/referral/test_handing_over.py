"""Custody moves when both sides have confirmed, and never otherwise."""

from datetime import timedelta

import pytest

from services.referral.custody.commands import ConfirmHandover
from services.referral.custody.decide import CUSTODY
from services.referral.custody.events import HandoverCompleted, ReferralAccepted
from services.referral.custody.state import Custody, Relay
from shared.codes import Role
from shared.runtime.facts import Acting, Fact
from tests.referral.deciding import decided, refused
from tests.referral.given import (
    ACCEPTED,
    ANOTHER_REFERRAL,
    ASKED,
    CLOSED,
    COMPLETED,
    CONFIRM,
    DRAFT,
    ENDED_NOTHING,
    GIVEN_AWAY,
    HALTED,
    HOTLINE,
    IN_A_MONTH,
    MOVED,
    NOTED,
    PORTO,
    PROPOSED,
    REFERRAL,
    SENT,
    SHELTER,
    STRANGER,
    TAKEN,
    TAKEN_BACK,
    TAKEN_OVER,
    another,
)
from tests.support.decisions import ACTIVE_ROLES, acting

NO_LIVE_CONSENT = "a-referral-rests-on-a-live-consent"
ANOTHER_STAGE = "the-referral-is-at-another-stage"
NOT_A_SIDE = "only-the-two-sides-confirm-a-handover"
WORKS = {Role.CASE_MANAGER, Role.PROVIDER_INTAKE, Role.HOTLINE_OPERATOR}
BOTH = [HOTLINE, SHELTER]


def custodian(given: list[Fact]) -> str:
    custody: Custody = CUSTODY.initial
    for fact in given:
        custody = CUSTODY.evolve(custody, fact)  # type: ignore[arg-type]  # facts of the case only
    assert isinstance(custody, Relay)
    return custody.custodian


@pytest.mark.parametrize("role", sorted(WORKS))
def test_when_one_side_confirms_then_custody_stays(role: Role) -> None:
    assert decided(TAKEN, CONFIRM, acting("hotline", role)) == [GIVEN_AWAY]
    assert decided(TAKEN, CONFIRM, acting("casa-aperta", role)) == [TAKEN_OVER]
    assert custodian([*TAKEN, GIVEN_AWAY]) == custodian([*TAKEN, TAKEN_OVER]) == "hotline"


def test_given_one_side_when_the_other_confirms_then_custody_moves() -> None:
    assert decided([*TAKEN, GIVEN_AWAY], CONFIRM, SHELTER) == [TAKEN_OVER, COMPLETED]
    assert decided([*TAKEN, TAKEN_OVER], CONFIRM, HOTLINE) == [GIVEN_AWAY, COMPLETED]
    assert custodian(MOVED) == "casa-aperta"


def test_given_one_side_when_it_confirms_again_then_nothing_happens() -> None:
    assert decided([*TAKEN, GIVEN_AWAY], CONFIRM, HOTLINE) == []
    assert decided([*TAKEN, TAKEN_OVER], CONFIRM, SHELTER) == []


@pytest.mark.parametrize(
    "by",
    [
        STRANGER,
        PORTO,
        acting("hotline", *ACTIVE_ROLES - WORKS),
        acting("casa-aperta", *ACTIVE_ROLES - WORKS),
    ],
)
def test_when_a_third_organisation_or_another_role_confirms_then_it_is_refused(by: Acting) -> None:
    assert refused(TAKEN, CONFIRM, by) == NOT_A_SIDE
    assert refused([*TAKEN, GIVEN_AWAY], CONFIRM, by) == NOT_A_SIDE


@pytest.mark.parametrize("given", [DRAFT, ASKED])
def test_given_nobody_accepted_when_a_receiver_confirms_then_it_is_refused(
    given: list[Fact],
) -> None:
    assert refused(given, CONFIRM, SHELTER) == NOT_A_SIDE


@pytest.mark.parametrize("given", [DRAFT, ASKED, MOVED, CLOSED, TAKEN_BACK, HALTED])
def test_given_another_stage_when_the_sender_confirms_then_it_is_refused(given: list[Fact]) -> None:
    assert refused(given, CONFIRM, HOTLINE) == ANOTHER_STAGE


@pytest.mark.parametrize("by", BOTH)
def test_given_a_withdrawn_consent_when_a_side_confirms_then_it_is_refused(by: Acting) -> None:
    assert refused([*TAKEN, ENDED_NOTHING], CONFIRM, by) == NO_LIVE_CONSENT


@pytest.mark.parametrize("organisation", ["hotline", "casa-aperta"])
def test_when_the_consent_has_ended_by_then_a_confirmation_is_refused(organisation: str) -> None:
    late = acting(organisation, Role.CASE_MANAGER, now=IN_A_MONTH)
    in_time = acting(organisation, Role.CASE_MANAGER, now=IN_A_MONTH - timedelta(seconds=1))
    assert refused(TAKEN, CONFIRM, late) == NO_LIVE_CONSENT
    assert decided(TAKEN, CONFIRM, in_time)


@pytest.mark.parametrize("by", [HOTLINE, PORTO])
def test_when_the_consent_does_not_name_who_accepted_then_a_confirmation_is_refused(
    by: Acting,
) -> None:
    by_porto: list[Fact] = [*ASKED, ReferralAccepted(referral=REFERRAL, receiver="porto")]
    assert refused(by_porto, CONFIRM, by) == "the-consent-names-who-takes-the-person"


def test_given_another_consent_names_who_accepted_when_a_side_confirms_then_it_is_refused() -> None:
    to_porto = NOTED.model_copy(update={"consent": "3" * 32, "recipient": "porto"})
    by_porto: list[Fact] = [*ASKED, to_porto]
    by_porto += [ReferralAccepted(referral=REFERRAL, receiver="porto")]
    assert refused(by_porto, CONFIRM, PORTO) == "the-consent-names-who-takes-the-person"


def test_given_custody_moved_by_another_referral_when_a_side_confirms_then_it_is_refused() -> None:
    to_porto = NOTED.model_copy(update={"consent": "3" * 32, "recipient": "porto"})
    second = another(PROPOSED, consent="3" * 32)
    accepted = another(ACCEPTED, receiver="porto")
    given: list[Fact] = [*TAKEN, to_porto, second, another(SENT), accepted, another(GIVEN_AWAY)]
    given += [GIVEN_AWAY, TAKEN_OVER, COMPLETED]
    confirm = ConfirmHandover(referral=ANOTHER_REFERRAL)
    for by in (HOTLINE, PORTO):
        assert refused(given, confirm, by) == "only-who-has-the-person-hands-over"


def test_given_a_handover_when_the_person_goes_on_then_custody_moves_again() -> None:
    to_porto = NOTED.model_copy(update={"consent": "3" * 32, "recipient": "porto"})
    second = another(PROPOSED, consent="3" * 32, sender="casa-aperta", receivers=("porto",))
    asked = another(SENT, asked=SENT.asked[1:])
    given: list[Fact] = [*MOVED, to_porto, second, asked, another(ACCEPTED, receiver="porto")]
    confirm = ConfirmHandover(referral=ANOTHER_REFERRAL)
    given += [fact for fact in decided(given, confirm, SHELTER) if isinstance(fact, Fact)]
    moved = decided(given, confirm, PORTO)
    assert moved[1] == HandoverCompleted(
        referral=ANOTHER_REFERRAL,
        consent="3" * 32,
        service=PROPOSED.service,
        sender="casa-aperta",
        receiver="porto",
    )
    assert custodian([*given, *(fact for fact in moved if isinstance(fact, Fact))]) == "porto"


def test_given_custody_left_and_came_back_then_an_earlier_confirmation_no_longer_counts() -> None:
    there = another(COMPLETED, receiver="porto")
    back = another(COMPLETED, sender="porto", receiver="hotline")
    given: list[Fact] = [*TAKEN, another(PROPOSED), another(SENT), GIVEN_AWAY, there, back]
    assert custodian(given) == "hotline"
    assert decided(given, CONFIRM, SHELTER) == [TAKEN_OVER], "the sender confirms anew"
