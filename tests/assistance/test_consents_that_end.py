"""A date puts nobody out of a bed: the programme is flagged, care goes on, nothing is added."""

from collections.abc import Sequence

import pytest

from services.assistance.commands import FlagForExpiry, NoteConsent, NoteNarrowing
from services.assistance.decide import PROGRAMMES
from services.assistance.events import ExpiryNoted, ProgrammeRenewed, WithdrawalNoted
from shared.codes import Purpose
from shared.contracts.acknowledgement import Acknowledgement
from shared.runtime.facts import Fact
from tests.assistance.given import (
    ANOTHER_CONSENT,
    CLOSED,
    CONSENT,
    DELIVER,
    DELIVERED,
    FLAGGED,
    HEARD,
    HEARD_ANEW,
    LAPSED,
    NOTED,
    OPEN,
    OPENED,
    PLAN,
    PLANNED,
    REFERRAL,
    RELAY,
    RENEWED,
    SHELTER,
    STOP,
    STOPPED,
)
from tests.support.decisions import NOW, refusal, when

FLAG = FlagForExpiry(consent=CONSENT)
NOTE_ANEW = NoteConsent(**HEARD_ANEW.model_dump())
ANEW_WITHDRAWN = WithdrawalNoted(consent=ANOTHER_CONSENT, did=Acknowledgement.NOTHING_HELD)


def test_when_its_consent_ends_in_time_then_the_programme_is_flagged_once() -> None:
    assert when(PROGRAMMES, [HEARD, OPENED], FLAG, RELAY) == [FLAGGED, LAPSED]
    assert when(PROGRAMMES, [HEARD, OPENED, FLAGGED, LAPSED], FLAG, RELAY) == []
    assert when(PROGRAMMES, [HEARD, OPENED, CLOSED], FLAG, RELAY) == [LAPSED]


def test_given_a_flag_then_what_was_planned_is_delivered_and_no_new_plan_is_agreed() -> None:
    given: list[Fact] = [HEARD, OPENED, PLANNED, FLAGGED, LAPSED]
    (delivered,) = when(PROGRAMMES, given, DELIVER, SHELTER)
    assert type(delivered) is type(DELIVERED)
    rule = refusal(PROGRAMMES, given, PLAN, SHELTER)
    assert rule == "a-new-plan-needs-a-consent-that-lasts"


def test_given_a_flag_when_the_person_is_asked_again_then_the_programme_goes_on() -> None:
    given: list[Fact] = [HEARD, OPENED, FLAGGED, LAPSED]
    assert when(PROGRAMMES, given, NOTE_ANEW, RELAY) == [HEARD_ANEW, RENEWED]
    for changed in ({"recipient": "porto"}, {"purpose": Purpose.RETURN}, {"recipient": None}):
        (noted,) = when(PROGRAMMES, given, NOTE_ANEW.model_copy(update=changed), RELAY)
        assert not isinstance(noted, ProgrammeRenewed)


def test_given_it_was_asked_before_the_date_then_the_programme_is_never_flagged() -> None:
    assert when(PROGRAMMES, [HEARD, OPENED, HEARD_ANEW], FLAG, RELAY) == [RENEWED, LAPSED]


@pytest.mark.parametrize(
    "meanwhile",
    [
        [HEARD_ANEW, ANEW_WITHDRAWN],
        [HEARD_ANEW, ExpiryNoted(consent=ANOTHER_CONSENT)],
        [HEARD_ANEW.model_copy(update={"valid_until": NOW})],
        [HEARD_ANEW.model_copy(update={"recipient": "porto"})],
        [HEARD_ANEW.model_copy(update={"purpose": Purpose.RETURN})],
        [HEARD_ANEW.model_copy(update={"consent": CONSENT})],
    ],
)
def test_given_no_other_live_consent_names_who_helps_for_the_same_then_the_date_flags(
    meanwhile: Sequence[Fact],
) -> None:
    assert when(PROGRAMMES, [HEARD, OPENED, *meanwhile], FLAG, RELAY) == [FLAGGED, LAPSED]


def test_given_it_goes_on_under_another_consent_then_only_that_one_s_withdrawal_stops_it() -> None:
    given: list[Fact] = [HEARD, OPENED, HEARD_ANEW, RENEWED, LAPSED]
    assert [type(each) for each in when(PROGRAMMES, given, STOP, RELAY)] == [type(NOTED)]
    stop = STOP.model_copy(update={"consent": ANOTHER_CONSENT})
    stopped, _noted = when(PROGRAMMES, given, stop, RELAY)
    assert stopped == STOPPED.model_copy(update={"consent": ANOTHER_CONSENT})


def test_given_the_end_was_heard_first_when_the_handover_comes_then_it_opens_flagged() -> None:
    assert when(PROGRAMMES, [HEARD, LAPSED], OPEN, RELAY) == [OPENED, FLAGGED]


def test_given_it_was_asked_again_before_the_handover_comes_then_it_opens_on_the_new_consent() -> (
    None
):
    assert when(PROGRAMMES, [HEARD, LAPSED, HEARD_ANEW], OPEN, RELAY) == [OPENED, RENEWED]
    to_porto = HEARD_ANEW.model_copy(update={"recipient": "porto"})
    assert when(PROGRAMMES, [HEARD, LAPSED, to_porto], OPEN, RELAY) == [OPENED, FLAGGED]


def test_given_a_flag_when_it_is_withdrawn_then_it_stops() -> None:
    assert when(PROGRAMMES, [HEARD, OPENED, FLAGGED, LAPSED], STOP, RELAY) == [STOPPED, NOTED]


def test_when_a_class_is_narrowed_to_another_organisation_then_the_programme_stops() -> None:
    less = NoteNarrowing(consent=CONSENT, recipient="porto", valid_until=HEARD.valid_until)
    to_class = HEARD.model_copy(update={"recipient": None})
    stopped, noted = when(PROGRAMMES, [to_class, OPENED], less, RELAY)
    assert (stopped, noted) == (STOPPED, HEARD.model_copy(update={"recipient": "porto"}))
    own = less.model_copy(update={"recipient": "casa-aperta"})
    assert when(PROGRAMMES, [to_class, OPENED], own, RELAY) == [HEARD]
    assert when(PROGRAMMES, [HEARD, OPENED], own, RELAY) == []
    assert STOPPED.referral == REFERRAL
