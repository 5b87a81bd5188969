"""What of a fact others may hear, which timers it sets, and how the trace tells it."""

import pytest

from services.referral import trace
from services.referral.app import SERVICE
from services.referral.custody.commands import ExpireReferral
from services.referral.custody.publishes import TOPIC
from services.referral.directory.events import EVENTS as OF_ORGANISATIONS
from shared.contracts import referral as contract
from shared.runtime.facts import ClearTimer, Fact, Public, SetTimer
from shared.runtime.trace import Told
from shared.telling import Saying
from tests.referral.examples import OF_A_CASE, OF_AN_ORGANISATION, ONE_OF_EACH, recorded
from tests.referral.given import (
    ACCEPTED,
    ACKNOWLEDGED,
    AT_SHELTER,
    BEGUN,
    CASE,
    COMPLETED,
    CONSENT,
    DECLINED,
    ENDED,
    ERASED,
    EXPIRED,
    GIVEN_AWAY,
    LAPSED,
    NAMED,
    NOTED,
    PROPOSED,
    REFERRAL,
    RELEASED,
    RETURNED,
    SENT,
    STOPPED,
    WITHDRAWN,
    registered,
)

AT = "2026-03-08T21:30:00.000000Z"
SHELTERS_TIMER = f"answer/{REFERRAL}/casa-aperta"
WORDS: list[tuple[Fact, Told]] = [
    (BEGUN, Told("heard of the case; custodian hotline")),
    (NOTED, Told("heard of the consent to casa-aperta", CONSENT)),
    (LAPSED, Told("heard that the consent ended in time", CONSENT)),
    (ENDED, Told("withdrawal acknowledged: stopped", CONSENT)),
    (ERASED, Told("erased: 0 keys destroyed, lists and messages cleaned")),
    (PROPOSED, Told("referral proposed to casa-aperta, porto (Safe accommodation)", CONSENT)),
    (SENT, Told("referral sent")),
    (ACKNOWLEDGED, Told("referral acknowledged by casa-aperta")),
    (ACCEPTED, Told("referral accepted by casa-aperta")),
    (DECLINED, Told("referral declined by casa-aperta: No place is free")),
    (EXPIRED, Told("no answer by casa-aperta in time")),
    (WITHDRAWN, Told("referral withdrawn")),
    (STOPPED, Told("referral stopped: its consent was withdrawn or ended", CONSENT)),
    (GIVEN_AWAY, Told("handover confirmed by hotline")),
    (COMPLETED, Told("custody moved from hotline to casa-aperta", CONSENT)),
    (RETURNED, Told("the place is free again")),
    (NAMED, Told("escort named for hotline: op-7")),
    (
        RELEASED,
        Told("where casa-aperta is was told to the escort, op-7 of hotline", CONSENT, shown=True),
    ),
]


def heard(event: Fact) -> list[Public]:
    return list(SERVICE.publish(recorded(event), lambda case: f"pseudonym of {case}"))


def test_when_a_handover_is_complete_then_others_hear_who_has_the_person() -> None:
    told = {
        "case": CASE,
        "referral": REFERRAL,
        "consent": CONSENT,
        "service": "residential",
        "sender": "hotline",
        "receiver": "casa-aperta",
    }
    of = "org.staffetta.referral.handover-completed.v1"
    assert heard(COMPLETED) == [Public(TOPIC, CASE, of, AT, told)]
    assert set(told) == set(contract.HandoverCompleted.model_fields)


def test_when_a_withdrawal_is_noted_then_it_is_acknowledged() -> None:
    told = {"case": CASE, "consent": CONSENT, "did": "stopped", "organisations": []}
    of = "org.staffetta.referral.withdrawal-acknowledged.v1"
    assert heard(ENDED) == [Public(TOPIC, CASE, of, AT, told)]
    assert set(told) == set(contract.WithdrawalAcknowledged.model_fields)


def test_when_keys_are_destroyed_then_it_is_attested_to_whoever_asked_and_else_to_nobody() -> None:
    of = "org.staffetta.referral.keys-destroyed.v1"
    told = {"case": CASE, "erasure": "e" * 32, "keys": 0}
    assert heard(ERASED) == [Public(TOPIC, CASE, of, AT, told)]
    assert heard(ERASED.model_copy(update={"erasure": None})) == []


TOLD = (COMPLETED, ENDED, ERASED, registered("casa-aperta"))


@pytest.mark.parametrize("event", [each for each in ONE_OF_EACH if each not in TOLD])
def test_when_anything_else_happens_then_nobody_hears(event: Fact) -> None:
    assert heard(event) == []


def test_when_an_organisation_is_registered_then_others_hear_its_kind() -> None:
    told = {"organisation": "casa-aperta", "kind": "ngo"}
    of = "org.staffetta.referral.organisation-registered.v1"
    assert heard(registered("casa-aperta")) == [Public(TOPIC, AT_SHELTER, of, AT, told)]


def test_nothing_is_published_but_on_the_service_s_own_topic() -> None:
    assert {public.topic for event in ONE_OF_EACH for public in heard(event)} == {TOPIC}
    assert set(SERVICE.topics) == {TOPIC} == {"staffetta.referral.events"}


def test_when_a_referral_is_sent_then_each_receiver_has_a_timer() -> None:
    assert SERVICE.deadlines(recorded(SENT)) == [
        SetTimer(
            f"answer/{REFERRAL}/{asked.receiver}",
            asked.answer_by,
            CASE,
            ExpireReferral(referral=REFERRAL, receiver=asked.receiver),
        )
        for asked in SENT.asked
    ]


@pytest.mark.parametrize("event", [ACCEPTED, DECLINED])
def test_when_a_receiver_answers_then_its_timer_is_cleared(event: Fact) -> None:
    assert SERVICE.deadlines(recorded(event)) == [ClearTimer(SHELTERS_TIMER)]


@pytest.mark.parametrize(
    "event", [each for each in ONE_OF_EACH if each not in (SENT, ACCEPTED, DECLINED)]
)
def test_when_anything_else_happens_then_the_timers_stay(event: Fact) -> None:
    assert SERVICE.deadlines(recorded(event)) == []


def test_what_a_timer_asks_the_service_knows() -> None:
    assert {
        type(timer.command).__name__
        for timer in SERVICE.deadlines(recorded(SENT))
        if isinstance(timer, SetTimer)
    } == set(SERVICE.timed)


@pytest.mark.parametrize(("event", "told"), WORDS)
def test_each_fact_of_a_case_has_its_words(event: Fact, told: Told) -> None:
    assert trace._told(Saying(trace.WORDS), event) == told


def test_no_fact_of_a_case_is_without_words() -> None:
    assert {type(event) for event, _told in WORDS} == {type(event) for event in OF_A_CASE}
    assert {type(event) for event in OF_AN_ORGANISATION} == set(OF_ORGANISATIONS)


@pytest.mark.parametrize("event", OF_AN_ORGANISATION)
def test_a_fact_that_is_no_case_s_is_never_told_as_one(event: Fact) -> None:
    with pytest.raises(TypeError):
        trace._told(Saying(trace.WORDS), event)
