"""How a referral ends without a handover, and how its place becomes free again."""

import pytest

from services.referral.custody.commands import ReturnPlace, StopForWithdrawal
from services.referral.custody.events import ReferralStopped
from services.referral.directory.events import PlaceTaken
from shared.codes import Role
from shared.runtime.facts import Acting, Fact, In
from tests.referral.deciding import decided, refused
from tests.referral.given import (
    ACCEPTED,
    ANOTHER_CONSENT,
    ANOTHER_REFERRAL,
    ASKED,
    ASKED_THERE,
    AT_PORTO,
    AT_SHELTER,
    CLOSED,
    DRAFT,
    ENDED,
    ENDED_ASKED,
    ENDED_NOTHING,
    GIVEN_AWAY,
    HALTED,
    HOTLINE,
    KNOWN,
    LAPSE,
    LAPSED,
    MOVED,
    NETWORK,
    NOTED,
    ONE_FREED,
    PROPOSE,
    PROPOSED,
    REFERRAL,
    RELAY,
    RESIDENTIAL,
    RETURN,
    RETURNED,
    SENT,
    SHELTER,
    STOP,
    STOPPED,
    STRANGER,
    TAKEN,
    TAKEN_BACK,
    WITHDRAW,
    WITHDRAWN,
    another,
    freed,
    places,
)
from tests.support.decisions import ACTIVE_ROLES, acting

REFERS = {Role.CASE_MANAGER, Role.PROVIDER_INTAKE, Role.HOTLINE_OPERATOR}
SECOND: list[Fact] = [another(PROPOSED), another(SENT)]
TWO_TAKEN: list[Fact] = [*TAKEN, *SECOND, another(ACCEPTED)]


@pytest.mark.parametrize("role", sorted(REFERS))
@pytest.mark.parametrize("given", [DRAFT, ASKED])
def test_when_the_sender_takes_a_referral_back_then_it_ends(given: list[Fact], role: Role) -> None:
    assert decided(given, WITHDRAW, acting("hotline", role)) == [WITHDRAWN]


@pytest.mark.parametrize("given", [TAKEN, [*TAKEN, GIVEN_AWAY]])
def test_given_an_acceptance_when_the_sender_takes_it_back_then_its_place_is_free(
    given: list[Fact],
) -> None:
    assert decided(given, WITHDRAW, HOTLINE) == [WITHDRAWN, ONE_FREED]


def test_given_it_was_taken_back_when_that_is_said_again_then_nothing_happens() -> None:
    assert decided(TAKEN_BACK, WITHDRAW, HOTLINE) == []
    assert decided([*TAKEN, WITHDRAWN], WITHDRAW, HOTLINE) == []


@pytest.mark.parametrize("given", [ASKED, TAKEN, TAKEN_BACK])
@pytest.mark.parametrize("by", [SHELTER, STRANGER, acting("hotline", *ACTIVE_ROLES - REFERS)])
def test_when_anybody_but_the_sender_takes_it_back_then_it_is_refused(
    by: Acting, given: list[Fact]
) -> None:
    assert refused(given, WITHDRAW, by) == "only-the-sender-disposes-of-a-referral"


@pytest.mark.parametrize("given", [MOVED, CLOSED, HALTED])
def test_given_it_is_over_when_the_sender_takes_it_back_then_it_is_refused(
    given: list[Fact],
) -> None:
    assert refused(given, WITHDRAW, HOTLINE) == "the-referral-is-at-another-stage"


@pytest.mark.parametrize("given", [DRAFT, ASKED])
def test_when_the_consent_is_withdrawn_then_the_referral_stops(given: list[Fact]) -> None:
    ended = ENDED_ASKED if SENT in given else ENDED
    assert decided(given, STOP, RELAY) == [STOPPED, ended]


@pytest.mark.parametrize("given", [DRAFT, ASKED])
def test_when_the_consent_ends_in_time_then_what_waits_for_an_answer_stops(
    given: list[Fact],
) -> None:
    assert decided(given, LAPSE, RELAY) == [STOPPED, LAPSED]
    assert decided([*given, STOPPED, LAPSED], LAPSE, RELAY) == []


def test_when_the_consent_ends_in_time_then_a_place_that_was_taken_stays_taken() -> None:
    assert decided(TAKEN, LAPSE, RELAY) == [LAPSED]


@pytest.mark.parametrize("given", [TAKEN, [*TAKEN, GIVEN_AWAY]])
def test_given_an_acceptance_when_the_consent_is_withdrawn_then_its_place_is_free(
    given: list[Fact],
) -> None:
    assert decided(given, STOP, RELAY) == [STOPPED, ONE_FREED, ENDED_ASKED]


def test_given_two_acceptances_of_one_organisation_when_both_stop_then_two_places_are_free() -> (
    None
):
    stopped_too = another(STOPPED)
    assert decided(TWO_TAKEN, STOP, RELAY) == [
        STOPPED,
        ONE_FREED,
        stopped_too,
        freed(AT_SHELTER, ANOTHER_REFERRAL, 4),
        ENDED_ASKED,
    ]


def test_given_acceptances_of_two_organisations_when_both_stop_then_each_has_its_place() -> None:
    full = {**NETWORK, AT_PORTO: [*NETWORK[AT_PORTO], places(1, 0)]}
    given: list[Fact] = [*TAKEN, *SECOND, another(ACCEPTED, receiver="porto")]
    places_freed = [each for each in decided(given, STOP, RELAY, full) if isinstance(each, In)]
    assert places_freed == [ONE_FREED, freed(AT_PORTO, ANOTHER_REFERRAL, 1)]


def test_given_referrals_on_two_consents_when_one_is_withdrawn_then_the_other_goes_on() -> None:
    on_another = another(PROPOSED, consent=ANOTHER_CONSENT)
    given: list[Fact] = [*TAKEN, on_another, another(SENT), another(ACCEPTED)]
    assert decided(given, STOP, RELAY) == [STOPPED, ONE_FREED, ENDED_ASKED]
    stop_another = StopForWithdrawal(consent=ANOTHER_CONSENT)
    stopped = ReferralStopped(referral=ANOTHER_REFERRAL, consent=ANOTHER_CONSENT)
    assert decided(given, stop_another, RELAY)[0] == stopped


@pytest.mark.parametrize("given", [KNOWN, TAKEN_BACK, MOVED, CLOSED])
def test_given_nothing_under_way_when_the_consent_is_withdrawn_then_nothing_was_held(
    given: list[Fact],
) -> None:
    asked = ASKED_THERE if SENT in given else ()
    nothing = ENDED_NOTHING.model_copy(update={"organisations": asked})
    assert decided(given, STOP, RELAY) == [nothing]


def test_given_a_handover_when_its_consent_is_withdrawn_then_the_place_stays_taken() -> None:
    assert decided([*MOVED, ENDED_NOTHING], RETURN, RELAY) == [RETURNED, ONE_FREED]


@pytest.mark.parametrize("given", [HALTED, [*KNOWN, ENDED_NOTHING], [KNOWN[0], ENDED_NOTHING]])
def test_given_a_withdrawal_when_it_is_heard_again_then_nothing_happens(given: list[Fact]) -> None:
    assert decided(given, STOP, RELAY) == []


def test_given_a_withdrawal_before_its_consent_when_that_is_heard_then_nothing_rests_on_it() -> (
    None
):
    given: list[Fact] = [KNOWN[0], ENDED_NOTHING, NOTED, PROPOSED, SENT]
    assert decided(given, STOP, RELAY) == []
    assert refused(given[:3], PROPOSE, HOTLINE) == "a-referral-rests-on-a-live-consent"


def test_when_the_programme_closes_then_the_place_is_free_again() -> None:
    assert decided(MOVED, RETURN, RELAY) == [RETURNED, ONE_FREED]


@pytest.mark.parametrize("given", [DRAFT, ASKED, TAKEN, CLOSED, TAKEN_BACK, HALTED])
def test_given_no_place_held_by_a_handover_when_one_is_returned_then_nothing_happens(
    given: list[Fact],
) -> None:
    assert decided(given, RETURN, RELAY) == []


def test_given_places_were_cut_when_one_is_freed_then_the_count_goes_up_by_one() -> None:
    taken = PlaceTaken(service=RESIDENTIAL, referral=REFERRAL, free=1)
    cut = {**NETWORK, AT_SHELTER: [*NETWORK[AT_SHELTER], taken, places(0, -2)]}
    assert decided(MOVED, ReturnPlace(referral=REFERRAL), RELAY, cut) == [
        RETURNED,
        freed(AT_SHELTER, REFERRAL, -1),
    ]
