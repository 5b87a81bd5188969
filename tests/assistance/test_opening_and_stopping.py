"""Handovers open programmes, withdrawals stop them, in whatever order they are heard."""

import pytest

from services.assistance.decide import PROGRAMMES
from services.assistance.events import ProgrammeStopped, WithdrawalNoted
from services.assistance.state import Case, Known, evolve
from shared.codes import ServiceType
from shared.contracts.acknowledgement import Acknowledgement
from shared.runtime.facts import Fact, Request
from tests.assistance.given import (
    CLOSED,
    CONSENT,
    NOTED,
    NOTED_NOTHING,
    OPEN,
    OPEN_ANOTHER,
    OPENED,
    OPENED_ANOTHER,
    PLANNED,
    REFERRAL,
    RELAY,
    STOP,
    STOPPED,
)
from tests.support.decisions import when


def heard(given: list[Fact], command: Request) -> list[Fact]:
    return list(when(PROGRAMMES, given, command, RELAY))  # type: ignore[arg-type]  # no facts elsewhere


def test_when_a_handover_is_complete_then_a_programme_opens() -> None:
    assert heard([], OPEN) == [OPENED]


def test_given_an_open_programme_when_its_handover_is_heard_again_then_nothing_happens() -> None:
    assert heard([OPENED], OPEN) == []


def test_when_a_person_is_handed_over_for_formal_identification_then_no_programme_opens() -> None:
    identification = OPEN.model_copy(update={"service": ServiceType.FORMAL_IDENTIFICATION})
    assert heard([], identification) == []


def test_given_an_open_programme_when_another_handover_comes_then_both_are_open() -> None:
    assert heard([OPENED, PLANNED], OPEN_ANOTHER) == [OPENED_ANOTHER]
    case: Known = Case()
    for fact in (OPENED, PLANNED, OPENED_ANOTHER):
        case = evolve(case, fact)
    assert isinstance(case, Case)
    assert case.programmes[REFERRAL].planned == PLANNED.services
    assert [programme.closure for programme in case.programmes.values()] == [None, None]


def test_given_an_open_programme_when_its_consent_is_withdrawn_then_it_stops() -> None:
    assert heard([OPENED], STOP) == [STOPPED, NOTED]


def test_given_two_programmes_on_one_consent_when_it_is_withdrawn_then_both_stop() -> None:
    second = OPENED_ANOTHER.model_copy(update={"consent": CONSENT})
    stopped_too = ProgrammeStopped(referral=second.referral, consent=CONSENT)
    assert heard([OPENED, second], STOP)[:2] == [STOPPED, stopped_too]


def test_given_a_programme_on_another_consent_when_one_is_withdrawn_then_it_goes_on() -> None:
    assert heard([OPENED_ANOTHER], STOP) == [NOTED_NOTHING]


def test_given_no_programme_when_a_consent_is_withdrawn_then_nothing_was_held() -> None:
    assert heard([], STOP) == [NOTED_NOTHING]


def test_given_a_closed_programme_when_its_consent_is_withdrawn_then_nothing_was_held() -> None:
    assert heard([OPENED, CLOSED], STOP) == [
        NOTED_NOTHING.model_copy(update={"organisations": ("casa-aperta",)})
    ]


@pytest.mark.parametrize("given", [[OPENED, STOPPED, NOTED], [NOTED_NOTHING]])
def test_given_a_withdrawal_when_it_is_heard_again_then_nothing_happens(given: list[Fact]) -> None:
    assert heard(given, STOP) == []


def test_given_a_withdrawal_when_its_handover_comes_after_it_then_it_opens_and_stops() -> None:
    assert heard([NOTED_NOTHING], OPEN) == [OPENED, STOPPED, NOTED]


def test_given_both_in_the_wrong_order_when_either_is_heard_again_then_nothing_happens() -> None:
    given: list[Fact] = [NOTED_NOTHING, OPENED, STOPPED, NOTED]
    assert heard(given, OPEN) == []
    assert heard(given, STOP) == []


def test_given_another_withdrawal_when_a_handover_comes_then_the_programme_opens() -> None:
    other = WithdrawalNoted(consent="3" * 32, did=Acknowledgement.NOTHING_HELD)
    assert heard([other], OPEN) == [OPENED]
