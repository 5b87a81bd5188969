"""What a fact changes in the read tables."""

import pytest

from services.referral.app import SERVICE
from services.referral.custody.events import EVENTS as OF_CASES
from services.referral.directory.events import EVENTS as OF_ORGANISATIONS
from shared.runtime.facts import Change, Fact
from tests.referral.examples import (
    OF_A_CASE,
    OF_AN_ORGANISATION,
    ONE_OF_EACH,
    PLACE_FREED,
    PLACE_TAKEN,
    recorded,
)
from tests.referral.given import (
    ACCEPTED,
    ACKNOWLEDGED,
    BEGUN,
    CASE,
    COMPLETED,
    CONSENT,
    DECLINED,
    ENDED,
    EXPIRED,
    GIVEN_AWAY,
    NOTED,
    PROPOSED,
    REFERRAL,
    RETURNED,
    SENT,
    STOPPED,
    WITHDRAWN,
    offered,
    places,
    registered,
)

AT = "2026-03-08T21:30:00.000000Z"
OFFER = "casa-aperta/residential"
AT_SHELTER, AT_PORTO = f"{REFERRAL}/casa-aperta", f"{REFERRAL}/porto"
ROW = {"case_id": CASE, "referral": REFERRAL, "response": "waiting"}


def referral(**values: str) -> Change:
    return Change("referrals", REFERRAL, values)


def response(**values: str) -> Change:
    return Change("responses", AT_SHELTER, values)


def test_the_examples_hold_one_of_each_fact() -> None:
    assert {type(event) for event in OF_A_CASE} == set(OF_CASES)
    assert {type(event) for event in OF_AN_ORGANISATION} == set(OF_ORGANISATIONS)
    assert set(SERVICE.names.facts.values()) == {type(event) for event in ONE_OF_EACH}


@pytest.mark.parametrize(
    ("event", "change"),
    [
        (
            registered("casa-aperta"),
            Change(
                "organisations",
                "casa-aperta",
                {"name": "casa-aperta", "kind": "ngo", "area": "IT-BO"},
            ),
        ),
        (
            offered(48),
            Change(
                "offers",
                OFFER,
                {
                    "organisation": "casa-aperta",
                    "service": "residential",
                    "area": "IT-BO",
                    "answer_within_hours": 48,
                    "languages": "sq it",
                },
            ),
        ),
        (places(3, 2), Change("offers", OFFER, {"places": 3, "free": 2})),
        (PLACE_TAKEN, Change("offers", OFFER, {"free": 1})),
        (PLACE_FREED, Change("offers", OFFER, {"free": 2})),
        (BEGUN, Change("custody", CASE, {"custodian": "hotline"})),
        (ACKNOWLEDGED, response(response="acknowledged")),
        (DECLINED, response(response="declined", reason="no-place-free")),
        (EXPIRED, response(response="expired")),
        (ACCEPTED, referral(accepted_by="casa-aperta", stage="accepted")),
        (WITHDRAWN, referral(stage="withdrawn")),
        (STOPPED, referral(stage="stopped")),
        (RETURNED, referral(stage="returned")),
    ],
)
def test_when_a_fact_is_recorded_then_its_row_follows(event: Fact, change: Change) -> None:
    assert SERVICE.project(recorded(event)) == [change]


def test_when_a_referral_is_proposed_then_each_receiver_has_a_row() -> None:
    row = {
        "case_id": CASE,
        "service": "residential",
        "consent": CONSENT,
        "sender": "hotline",
        "stage": "proposed",
        "proposed_at": AT,
    }
    assert SERVICE.project(recorded(PROPOSED)) == [
        Change("referrals", REFERRAL, row),
        Change("responses", AT_SHELTER, {**ROW, "receiver": "casa-aperta"}),
        Change("responses", AT_PORTO, {**ROW, "receiver": "porto"}),
    ]


def test_when_a_referral_is_sent_then_each_receiver_sees_by_when_it_answers() -> None:
    assert SERVICE.project(recorded(SENT)) == [
        referral(stage="sent"),
        Change("responses", AT_SHELTER, {"answer_by": "2026-03-10T21:30:00.000000Z"}),
        Change("responses", AT_PORTO, {"answer_by": "2026-03-09T21:30:00.000000Z"}),
    ]


def test_when_a_handover_is_complete_then_the_custodian_changes() -> None:
    moved = Change("custody", CASE, {"custodian": "casa-aperta"})
    assert SERVICE.project(recorded(COMPLETED)) == [referral(stage="handed-over"), moved]


@pytest.mark.parametrize("event", [NOTED, ENDED, GIVEN_AWAY])
def test_when_a_fact_is_on_no_desk_then_no_row_changes(event: Fact) -> None:
    assert SERVICE.project(recorded(event)) == []


@pytest.mark.parametrize("event", ONE_OF_EACH)
def test_each_row_fits_its_table(event: Fact) -> None:
    columns = {table.name: set(table.columns) for table in SERVICE.tables}
    for change in SERVICE.project(recorded(event)):
        assert set(change.values or ()) <= columns[change.table]
