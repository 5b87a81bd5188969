"""Information, consent, refusal, withdrawal, and what holders answer to a withdrawal."""

from datetime import timedelta

import pytest
from pydantic import SecretStr

from services.identification.cases import events
from services.identification.cases.commands import (
    NoteAcknowledgement,
    NoteProgrammeClosure,
    RecordIdentity,
)
from services.identification.cases.decide import CASES
from services.identification.cases.events import (
    ConsentRefused,
    IdentityRecorded,
    ProgrammeClosureHeard,
    WithdrawalAcknowledged,
)
from services.identification.cases.state import Open
from services.identification.network.events import OrganisationHeard
from shared.codes import (
    ClosureKind,
    ConsentForm,
    ConsentGiver,
    InterpreterMode,
    OrganisationKind,
    Purpose,
)
from shared.contracts.acknowledgement import Acknowledgement
from tests.identification.ending import AUSL, HEARD, PORTO, TO_HEALTH, decided, given_with
from tests.identification.given import (
    ANOTHER_CONSENT,
    CONSENT,
    CONSENT_TO_SHELTER,
    CONSENTED,
    DISCLOSE,
    GIVEN,
    HOTLINE,
    IDENTIFY,
    INFORM,
    INFORMED,
    MANAGER,
    OPENED,
    REFUSE,
    RELAY,
    TODAY,
    WITHDRAW,
    WITHDRAWN,
)
from tests.support.decisions import NOW, refusal, when

NOBODY_MET = "nobody-found-with-the-person-interprets"
STOPPED = NoteAcknowledgement(consent=CONSENT, holder="referral", did=Acknowledgement.STOPPED)
ACKNOWLEDGED = WithdrawalAcknowledged(
    consent=CONSENT, holder="referral", did=Acknowledgement.STOPPED
)


def test_information_is_recorded_with_its_language_and_interpreter() -> None:
    assert when(CASES, [OPENED], INFORM, HOTLINE) == [INFORMED]


def test_nobody_met_with_the_person_interprets_the_information() -> None:
    met = INFORM.model_copy(update={"met_with_the_person": True})
    assert refusal(CASES, [OPENED], met, HOTLINE) == NOBODY_MET


def test_where_nobody_interprets_it_does_not_matter_who_was_met() -> None:
    alone = {"met_with_the_person": True, "interpreter": InterpreterMode.NONE_NEEDED}
    assert len(when(CASES, [OPENED], INFORM.model_copy(update=alone), HOTLINE)) == 1


def test_a_consent_is_recorded_under_an_id_of_its_own_with_each_category_once() -> None:
    assert when(CASES, [OPENED, INFORMED], CONSENT_TO_SHELTER, HOTLINE) == [GIVEN]


def test_consent_follows_information() -> None:
    rule = refusal(CASES, [OPENED], CONSENT_TO_SHELTER, HOTLINE)
    assert rule == "consent-follows-information"


def test_information_in_another_language_does_not_count() -> None:
    romanian = INFORMED.model_copy(update={"language": "ro"})
    rule = refusal(CASES, [OPENED, romanian], CONSENT_TO_SHELTER, HOTLINE)
    assert rule == "consent-follows-information"


def test_information_in_several_languages_counts_for_each() -> None:
    later = INFORMED.model_copy(update={"language": "ro"})
    assert when(CASES, [OPENED, INFORMED, later], CONSENT_TO_SHELTER, HOTLINE) == [GIVEN]


@pytest.mark.parametrize("seconds", [0, -1])
def test_a_consent_that_has_ended_already_is_refused(seconds: int) -> None:
    ended = NOW + timedelta(seconds=seconds)
    asked = CONSENT_TO_SHELTER.model_copy(update={"valid_until": ended})
    assert refusal(CASES, [OPENED, INFORMED], asked, HOTLINE) == "consent-ends-in-the-future"


def test_a_consent_that_ends_in_a_moment_is_recorded() -> None:
    soon = NOW + timedelta(microseconds=1)
    asked = CONSENT_TO_SHELTER.model_copy(update={"valid_until": soon})
    assert when(CASES, [OPENED, INFORMED], asked, HOTLINE) == [
        GIVEN.model_copy(update={"valid_until": soon})
    ]


def test_nobody_met_with_the_person_interprets_the_consent() -> None:
    met = CONSENT_TO_SHELTER.model_copy(update={"met_with_the_person": True})
    assert refusal(CASES, [OPENED, INFORMED], met, HOTLINE) == NOBODY_MET


def test_a_no_is_recorded_and_needs_nothing_before_it() -> None:
    assert when(CASES, [OPENED], REFUSE, HOTLINE) == [
        ConsentRefused(recipient="casa-aperta", purpose=Purpose.HEALTH_CARE)
    ]


def test_a_no_to_a_class_is_recorded_and_one_to_nobody_is_refused() -> None:
    to_all = REFUSE.model_copy(update={"recipient": None, "recipient_class": OrganisationKind.NGO})
    assert when(CASES, [OPENED], to_all, HOTLINE) == [
        ConsentRefused(
            recipient=None, recipient_class=OrganisationKind.NGO, purpose=Purpose.HEALTH_CARE
        )
    ]
    to_nobody = REFUSE.model_copy(update={"recipient": None})
    assert refusal(CASES, [OPENED], to_nobody, HOTLINE) == "a-consent-names-one-recipient"


def test_a_consent_is_withdrawn_and_said_twice_is_true_once() -> None:
    assert when(CASES, CONSENTED, WITHDRAW, HOTLINE) == [WITHDRAWN]
    assert when(CASES, [*CONSENTED, WITHDRAWN], WITHDRAW, HOTLINE) == []


def test_only_a_known_consent_is_withdrawn() -> None:
    another = WITHDRAW.model_copy(update={"consent": ANOTHER_CONSENT})
    assert refusal(CASES, CONSENTED, another, HOTLINE) == "only-a-known-consent-is-withdrawn"


def test_a_consent_may_be_given_again_after_it_was_withdrawn() -> None:
    assert when(CASES, [*CONSENTED, WITHDRAWN], CONSENT_TO_SHELTER, HOTLINE) == [GIVEN]


def test_a_holder_that_stopped_is_recorded_once() -> None:
    given = [*CONSENTED, WITHDRAWN]
    assert when(CASES, given, STOPPED, RELAY) == [ACKNOWLEDGED]
    assert when(CASES, [*given, ACKNOWLEDGED], STOPPED, RELAY) == []


def test_another_holder_and_another_answer_are_recorded_as_well() -> None:
    given = [*CONSENTED, WITHDRAWN, ACKNOWLEDGED]
    for change in ({"holder": "assistance"}, {"did": Acknowledgement.NOTHING_HELD}):
        assert when(CASES, given, STOPPED.model_copy(update=change), RELAY) == [
            ACKNOWLEDGED.model_copy(update=change)
        ]


def test_an_answer_to_a_consent_that_the_case_does_not_know_is_left_out() -> None:
    assert when(CASES, [OPENED], STOPPED, RELAY) == []


def test_a_programme_that_closed_is_recorded() -> None:
    heard = NoteProgrammeClosure(organisation="casa-aperta", closure=ClosureKind.LEFT_BY_CHOICE)
    assert when(CASES, [OPENED], heard, RELAY) == [
        ProgrammeClosureHeard(
            organisation="casa-aperta", closure=ClosureKind.LEFT_BY_CHOICE, heard_on=TODAY
        )
    ]


def test_an_identity_is_recorded_as_one_sealed_text_of_what_was_given() -> None:
    (recorded,) = when(CASES, [OPENED], IDENTIFY, MANAGER)
    assert isinstance(recorded, IdentityRecorded)
    assert recorded.reach is None
    assert recorded.identity is not None
    assert recorded.identity.clear is not None
    assert recorded.identity.clear.get_secret_value() == (
        '{"name": "Arta Hoxha", "birth_date": "2001-05-04"}'
    )


def test_how_to_reach_the_person_is_sealed_apart() -> None:
    (recorded,) = when(CASES, [OPENED], RecordIdentity(reach=SecretStr("the baker")), MANAGER)
    assert isinstance(recorded, IdentityRecorded)
    assert (recorded.identity, recorded.reach is not None) == (None, True)
    assert recorded.reach is not None
    assert recorded.reach.class_of_data() == "contact"


def test_nothing_is_not_an_identity() -> None:
    assert refusal(CASES, [OPENED], RecordIdentity(), MANAGER) == "something-is-recorded"


def test_the_state_keeps_what_each_holder_did() -> None:
    case, history = CASES.initial, [*CONSENTED, WITHDRAWN, ACKNOWLEDGED]
    for event in history:
        case = CASES.evolve(case, event)
    assert isinstance(case, Open)
    consent = case.consents[CONSENT]
    assert (consent.withdrawn, consent.acknowledged) == (True, (("referral", "stopped"),))


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"giver": ConsentGiver.GUARDIAN}, "a-child-assents-to-what-its-guardian-allows"),
        (
            {"giver": ConsentGiver.GUARDIAN, "assent": False},
            "a-child-assents-to-what-its-guardian-allows",
        ),
        ({"assent": True}, "assent-belongs-to-a-guardians-consent"),
        ({"recipient": None}, "a-consent-names-one-recipient"),
        ({"recipient_class": OrganisationKind.NGO}, "a-consent-names-one-recipient"),
        ({"witness": None}, "a-spoken-consent-has-a-witness"),
        ({"form": ConsentForm.WRITTEN}, "a-spoken-consent-has-a-witness"),
        ({"witness": "op-1"}, "a-witness-is-somebody-else"),
        (
            {"form": ConsentForm.SIGNED_FILE, "witness": None},
            "a-signed-file-is-known-by-its-hash",
        ),
        ({"signed_file": "0" * 64}, "a-signed-file-is-known-by-its-hash"),
    ],
)
def test_given_a_consent_that_lacks_something_then_it_is_refused(
    changed: dict[str, object], rule: str
) -> None:
    assert refusal(CASES, [OPENED, INFORMED], given_with(**changed), HOTLINE) == rule


def test_given_a_guardian_and_the_childs_assent_then_the_consent_is_recorded() -> None:
    both = {"giver": ConsentGiver.GUARDIAN, "assent": True}
    asked = given_with(**both)
    assert decided([OPENED, INFORMED], asked, HOTLINE) == [GIVEN.model_copy(update=both)]


def test_given_a_class_when_one_of_its_kind_asks_then_it_sees_and_another_does_not() -> None:
    history = [OPENED, INFORMED, TO_HEALTH]
    (shown,) = decided(history, DISCLOSE, AUSL, HEARD)
    assert isinstance(shown, events.DossierDisclosed)
    assert (shown.consent, shown.recipient) == (CONSENT, "ausl")
    rule = "a-disclosure-rests-on-a-live-consent"
    assert refusal(CASES, history, DISCLOSE, AUSL) == rule, "nobody told of its kind"
    ngo = OrganisationHeard(organisation="porto", kind=OrganisationKind.NGO)
    assert refusal(CASES, history, DISCLOSE, PORTO, {"organisation-porto": [ngo]}) == rule
