"""The case, its consents, and what is asked of a case or referral that is not there."""

import pytest

from services.referral.custody import commands
from services.referral.custody.decide import CUSTODY
from services.referral.custody.events import ReferralSent
from services.referral.custody.state import Unbegun
from shared.codes import DeclineReason, Purpose
from shared.runtime.facts import Fact, Request
from tests.referral.deciding import decided, refused
from tests.referral.given import (
    ANOTHER_CONSENT,
    ASKED,
    BEGIN,
    BEGUN,
    HOTLINE,
    KNOWN,
    MOVED,
    NOTE,
    NOTED,
    PROPOSE,
    RELAY,
    SENT,
    STOP,
    UNKNOWN,
)

OF_NO_REFERRAL: list[Request] = [
    commands.SendReferral(referral=UNKNOWN),
    commands.AcknowledgeReferral(referral=UNKNOWN),
    commands.AcceptReferral(referral=UNKNOWN),
    commands.DeclineReferral(referral=UNKNOWN, reason=DeclineReason.OTHER),
    commands.WithdrawReferral(referral=UNKNOWN),
    commands.ConfirmHandover(referral=UNKNOWN),
    commands.ExpireReferral(referral=UNKNOWN, receiver="casa-aperta"),
    commands.ReturnPlace(referral=UNKNOWN),
]


def test_when_a_case_is_opened_then_its_relay_begins_where_it_was_opened() -> None:
    assert decided([], BEGIN, RELAY) == [BEGUN]


@pytest.mark.parametrize("given", [KNOWN, MOVED])
def test_given_a_relay_when_its_opening_is_heard_again_then_nothing_happens(
    given: list[Fact],
) -> None:
    assert decided(given, BEGIN, RELAY) == []
    assert decided(given, commands.BeginRelay(custodian="porto"), RELAY) == []


def test_when_a_consent_is_given_then_it_is_noted() -> None:
    assert decided([BEGUN], NOTE, RELAY) == [NOTED]


def test_given_a_consent_when_it_is_heard_again_then_it_stands_as_it_was() -> None:
    longer = NOTE.model_copy(update={"recipient": "porto", "purpose": Purpose.RETURN})
    assert decided(KNOWN, NOTE, RELAY) == []
    assert decided(KNOWN, longer, RELAY) == []


def test_given_a_consent_when_another_is_given_then_both_are_known() -> None:
    another = NOTE.model_copy(update={"consent": ANOTHER_CONSENT})
    noted = NOTED.model_copy(update={"consent": ANOTHER_CONSENT})
    assert decided(KNOWN, another, RELAY) == [noted]
    assert decided([*KNOWN, noted], PROPOSE, HOTLINE)


@pytest.mark.parametrize("command", [PROPOSE, NOTE, STOP, *OF_NO_REFERRAL])
def test_given_no_case_when_anything_is_asked_of_it_then_it_is_missing(command: Request) -> None:
    assert refused([], command, HOTLINE) == "the-case-exists"


@pytest.mark.parametrize("command", OF_NO_REFERRAL)
def test_given_no_such_referral_when_anything_is_asked_of_it_then_it_is_missing(
    command: Request,
) -> None:
    assert refused(KNOWN, command, HOTLINE) == "the-referral-exists"
    assert refused(ASKED, command, HOTLINE) == "the-referral-exists"


def test_before_a_case_is_heard_of_nothing_is_known_of_it() -> None:
    assert isinstance(SENT, ReferralSent)
    assert CUSTODY.evolve(Unbegun(), SENT) == Unbegun()
