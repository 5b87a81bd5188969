"""A date alone parts nobody from the bed that waits: asked again in time, the handover goes on."""

from services.referral.custody import commands, events
from services.referral.directory.events import OrganisationRegistered
from shared.codes import OrganisationKind, Purpose
from shared.runtime.facts import Fact
from tests.referral.deciding import decided, refused
from tests.referral.given import (
    ANEW,
    ANOTHER_CONSENT,
    AT_SHELTER,
    COMPLETED,
    CONFIRM,
    CONSENT,
    ENDED,
    ENDED_NOTHING,
    GIVEN_AWAY,
    HOTLINE,
    IN_A_MONTH,
    KNOWN,
    LAPSED,
    MOVED,
    NETWORK,
    NOTED,
    ONE_FREED,
    PROPOSE,
    RELAY,
    SHELTER,
    STOPPED,
    TAKEN,
    TAKEN_OVER,
)

STOP_ANEW = commands.StopForWithdrawal(consent=ANOTHER_CONSENT)
NO_LIVE_CONSENT = "a-referral-rests-on-a-live-consent"
TO_NGOS = NOTED.model_copy(update={"recipient": None, "recipient_class": OrganisationKind.NGO})
OF_POLICE = OrganisationRegistered(
    organisation="casa-aperta", name="x", kind=OrganisationKind.POLICE, area=None
)
POLICE = {AT_SHELTER: [OF_POLICE, *NETWORK[AT_SHELTER][1:]]}


def test_given_a_consent_given_anew_when_the_old_one_ended_then_the_handover_rests_on_it() -> None:
    confirmed: list[Fact] = [*TAKEN, LAPSED, ANEW, GIVEN_AWAY]
    _mine, completed = decided(confirmed, CONFIRM, SHELTER)
    assert isinstance(completed, events.HandoverCompleted)
    assert completed.consent == ANOTHER_CONSENT


def test_given_nobody_was_asked_again_when_the_consent_ended_then_nobody_is_handed_over() -> None:
    assert refused([*TAKEN, LAPSED, GIVEN_AWAY], CONFIRM, SHELTER) == NO_LIVE_CONSENT


def test_a_consent_for_another_purpose_or_organisation_does_not_carry_a_handover() -> None:
    for changed in ({"recipient": "porto"}, {"purpose": Purpose.RETURN}):
        elsewhere = ANEW.model_copy(update=changed)
        given: list[Fact] = [*TAKEN, LAPSED, elsewhere, GIVEN_AWAY]
        assert refused(given, CONFIRM, SHELTER) == NO_LIVE_CONSENT


def test_after_a_withdrawal_no_other_consent_carries_the_handover() -> None:
    given: list[Fact] = [*TAKEN, ANEW, ENDED_NOTHING, GIVEN_AWAY]
    assert refused(given, CONFIRM, SHELTER) == NO_LIVE_CONSENT


def test_given_a_consent_to_a_class_then_one_of_its_kind_is_asked_and_another_is_not() -> None:
    given: list[Fact] = [KNOWN[0], TO_NGOS]
    assert len(decided(given, PROPOSE, HOTLINE)) == 1
    alone = PROPOSE.model_copy(update={"receivers": ("casa-aperta",)})
    assert refused(given, alone, HOTLINE, POLICE) == "the-consent-names-a-receiver"


def test_given_a_consent_to_a_class_when_one_of_it_has_accepted_then_the_handover_is_complete() -> (
    None
):
    given: list[Fact] = [KNOWN[0], TO_NGOS, *TAKEN[len(KNOWN) :], GIVEN_AWAY]
    assert decided(given, CONFIRM, SHELTER) == [TAKEN_OVER, COMPLETED]
    assert refused(given, CONFIRM, SHELTER, POLICE) == "the-consent-names-who-takes-the-person"


def test_given_a_consent_to_a_class_given_anew_then_the_handover_to_one_of_it_rests_on_that() -> (
    None
):
    anew = TO_NGOS.model_copy(update={"consent": ANOTHER_CONSENT})
    given: list[Fact] = [*TAKEN, LAPSED, anew, GIVEN_AWAY]
    completed = COMPLETED.model_copy(update={"consent": ANOTHER_CONSENT})
    assert decided(given, CONFIRM, SHELTER) == [TAKEN_OVER, completed]
    assert refused(given, CONFIRM, SHELTER, POLICE) == NO_LIVE_CONSENT


def test_a_consent_that_was_narrowed_is_known_as_what_remains_and_once() -> None:
    less = commands.NoteNarrowing(
        consent=CONSENT, recipient="casa-aperta", recipient_class=None, valid_until=IN_A_MONTH
    )
    (noted,) = decided([KNOWN[0], TO_NGOS], less, RELAY)
    assert noted == NOTED
    assert decided([KNOWN[0], NOTED], less, RELAY) == []
    assert decided([KNOWN[0]], less, RELAY) == []


def test_given_a_consent_given_anew_when_it_is_taken_back_then_what_it_carried_stops() -> None:
    stopped = STOPPED.model_copy(update={"consent": ANOTHER_CONSENT})
    noted = ENDED.model_copy(update={"consent": ANOTHER_CONSENT, "organisations": ("casa-aperta",)})
    carried: list[Fact] = [*TAKEN, LAPSED, ANEW]
    assert decided(carried, STOP_ANEW, RELAY) == [stopped, ONE_FREED, noted]


def test_when_a_consent_is_taken_back_that_carries_nothing_or_not_alone_then_nothing_stops() -> (
    None
):
    nothing = ENDED_NOTHING.model_copy(update={"consent": ANOTHER_CONSENT})
    third = ANEW.model_copy(update={"consent": "0" * 32})
    for facts in ([*TAKEN, ANEW], [*TAKEN, LAPSED, ANEW, third], [*MOVED, LAPSED, ANEW]):
        assert decided(facts, STOP_ANEW, RELAY) == [nothing]
