"""A date alone parts nobody from the bed that waits: asked again in time, the handover goes on."""

from datetime import timedelta

from services.referral.custody import commands, events
from services.referral.directory.events import OrganisationRegistered
from shared.codes import OrganisationKind, Purpose
from shared.runtime.facts import Fact
from tests.referral.deciding import decided, refused
from tests.referral.given import (
    ANOTHER_CONSENT,
    AT_SHELTER,
    CONFIRM,
    CONSENT,
    ENDED_NOTHING,
    GIVEN_AWAY,
    HOTLINE,
    IN_A_MONTH,
    KNOWN,
    LAPSED,
    NETWORK,
    NOTED,
    PROPOSE,
    RELAY,
    SHELTER,
    TAKEN,
)

ANEW = NOTED.model_copy(
    update={"consent": ANOTHER_CONSENT, "valid_until": IN_A_MONTH + timedelta(days=30)}
)
NO_LIVE_CONSENT = "a-referral-rests-on-a-live-consent"
TO_NGOS = NOTED.model_copy(update={"recipient": None, "recipient_class": OrganisationKind.NGO})


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
    police = OrganisationRegistered(
        organisation="casa-aperta", name="x", kind=OrganisationKind.POLICE, area=None
    )
    network = {AT_SHELTER: [police, *NETWORK[AT_SHELTER][1:]]}
    alone = PROPOSE.model_copy(update={"receivers": ("casa-aperta",)})
    assert refused(given, alone, HOTLINE, network) == "the-consent-names-a-receiver"


def test_a_consent_that_was_narrowed_is_known_as_what_remains_and_once() -> None:
    less = commands.NoteNarrowing(
        consent=CONSENT, recipient="casa-aperta", recipient_class=None, valid_until=IN_A_MONTH
    )
    (noted,) = decided([KNOWN[0], TO_NGOS], less, RELAY)
    assert noted == NOTED
    assert decided([KNOWN[0], NOTED], less, RELAY) == []
    assert decided([KNOWN[0]], less, RELAY) == []
