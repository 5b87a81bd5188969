"""A withdrawal that a restore forgot and others remember takes effect again."""

from services.identification.cases.commands import RegainWithdrawal
from services.identification.cases.decide import CASES
from services.identification.cases.events import ConsentWithdrawn
from tests.identification.given import CONSENT, CONSENTED, RELAY, WITHDRAWN
from tests.support.decisions import refusal, when

REGAIN = RegainWithdrawal(consent=CONSENT)


def test_given_a_live_consent_when_others_remember_its_withdrawal_then_it_is_withdrawn() -> None:
    assert when(CASES, CONSENTED, REGAIN, RELAY) == [ConsentWithdrawn(consent=CONSENT)]


def test_given_it_is_withdrawn_when_others_remember_it_then_nothing_happens() -> None:
    assert when(CASES, [*CONSENTED, WITHDRAWN], REGAIN, RELAY) == []


def test_given_no_such_consent_when_others_remember_it_then_it_is_refused() -> None:
    unknown = RegainWithdrawal(consent="0" * 32)
    assert refusal(CASES, CONSENTED, unknown, RELAY) == "only-a-known-consent-is-withdrawn"


def test_given_no_case_when_others_remember_a_withdrawal_then_it_is_refused() -> None:
    assert refusal(CASES, [], REGAIN, RELAY) == "the-case-exists"
