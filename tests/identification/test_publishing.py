"""What others hear of a case: codes only, chosen field by field; most facts stay at home."""

import json

import pytest

from services.identification.app import SERVICE
from services.identification.cases.events import IdentityRecorded
from services.identification.cases.publishes import TOPIC, public
from shared.contracts.envelope import LANES, STATISTICS
from shared.runtime.facts import Fact, Public, Recorded
from tests.identification.given import (
    CASE,
    CONSENT,
    CONSENTED,
    GIVEN,
    INFORMED,
    LINKED,
    OPENED,
    REPORTED,
    WITHDRAWN,
)
from tests.support.decisions import NOW


def told(event: Fact, stream: str = CASE) -> list[Public]:
    recorded = Recorded(stream, 1, event, NOW, "op-1", "hotline")
    return list(public(recorded, lambda case: f"pseudonym of {case}"))


def test_an_opened_case_is_told_to_the_services_in_three_codes() -> None:
    operational, _contribution = told(OPENED)
    assert (operational.topic, operational.key) == (TOPIC, CASE)
    assert operational.type == "org.staffetta.identification.case-opened.v1"
    assert operational.at == "2026-03-08T21:30:00.000000Z"
    assert operational.data == {"case": CASE, "organisation": "hotline", "area": "IT-PR"}


def test_an_opened_case_is_contributed_under_a_pseudonym_with_nothing_finer_than_its_month() -> (
    None
):
    _operational, contribution = told(OPENED)
    assert (contribution.topic, contribution.key) == (STATISTICS, f"pseudonym of {CASE}")
    assert contribution.data == {
        "month": "2026-03",
        "area": "IT-PR",
        "channel": "hotline",
        "exploitation": "labour+sexual",
        "age_group": "adult",
        "gender": "female",
        "citizenship_group": "other-europe",
    }
    assert contribution.at.startswith("2026-03")
    assert not contribution.at.startswith("2026-03-08")
    assert CASE not in json.dumps(contribution.data)


def test_a_consent_is_told_with_its_scope_and_without_who_gave_it_or_how() -> None:
    (given,) = told(GIVEN)
    assert (given.topic, given.key) == (TOPIC, CASE)
    assert given.type == "org.staffetta.identification.consent-given.v1"
    assert given.data == {
        "case": CASE,
        "consent": CONSENT,
        "recipient": "casa-aperta",
        "purpose": "referral",
        "categories": ["identity", "narrative"],
        "valid_until": "2026-04-07T21:30:00Z",
    }


def test_a_withdrawal_names_its_consent() -> None:
    (withdrawn,) = told(WITHDRAWN)
    assert withdrawn.type == "org.staffetta.identification.consent-withdrawn.v1"
    assert withdrawn.data == {"case": CASE, "consent": CONSENT}


@pytest.mark.parametrize("event", [REPORTED, LINKED, INFORMED, IdentityRecorded()])
def test_the_rest_stays_at_home(event: Fact) -> None:
    assert told(event) == []


def test_three_facts_are_all_that_is_ever_published() -> None:
    assert [len(told(event)) for event in (*CONSENTED, WITHDRAWN)] == [2, 0, 1, 1]


def test_the_topics_have_their_lanes() -> None:
    assert dict(SERVICE.topics) == {TOPIC: LANES, STATISTICS: LANES}
