"""What a fact changes in the read tables, and what of it others may hear."""

from typing import Any

import pytest

from services.assistance.app import SERVICE
from services.assistance.events import EVENTS
from services.assistance.notes.events import NotesDisclosed, OwnViewShown
from services.assistance.projections import programmes
from services.assistance.publishes import TOPIC, public
from shared.codes import DataCategory, Purpose
from shared.runtime.facts import Change, Fact, Public, Recorded
from shared.trust.protected import Protected
from tests.assistance.given import (
    CASE,
    CLOSED,
    CONSENT,
    DELIVERED,
    ERASED,
    FLAGGED,
    HEARD,
    LAPSED,
    NOTED,
    OPENED,
    PLANNED,
    REFERRAL,
    RENEWED,
    STOPPED,
)
from tests.support.decisions import FRESH, NOW

KEY = f"{CASE}/{REFERRAL}"
AT = "2026-03-08T21:30:00.000000Z"
ONE_OF_EACH = (
    *(OPENED, PLANNED, DELIVERED, STOPPED, CLOSED),
    *(NOTED, HEARD, LAPSED, FLAGGED, RENEWED, ERASED, OwnViewShown(view=FRESH, proof=None)),
    NotesDisclosed(
        disclosure=FRESH,
        recipient="ausl",
        consent=CONSENT,
        purpose=Purpose.HEALTH_CARE,
        categories=(DataCategory.HEALTH,),
    ),
)


def recorded(event: Fact) -> Recorded:
    return Recorded(CASE, 1, event, NOW, "op-1", "casa-aperta")


def heard(event: Fact) -> list[Public]:
    return list(public(recorded(event), lambda case: f"pseudonym of {case}"))


def test_the_examples_hold_one_of_each_fact() -> None:
    assert {type(event) for event in ONE_OF_EACH} == set(EVENTS)


@pytest.mark.parametrize(
    ("event", "table", "key", "values"),
    [
        (
            OPENED,
            "programmes",
            KEY,
            {
                "case_id": CASE,
                "referral": REFERRAL,
                "organisation": "casa-aperta",
                "service": "residential",
                "opened_at": AT,
                "status": "open",
            },
        ),
        (
            PLANNED,
            "programmes",
            KEY,
            {"planned": "medical residential", "review_on": "2026-06-06"},
        ),
        (
            DELIVERED,
            "deliveries",
            FRESH,
            {
                "case_id": CASE,
                "referral": REFERRAL,
                "service": "residential",
                "delivered_on": "2026-03-08",
            },
        ),
        (STOPPED, "programmes", KEY, {"status": "stopped"}),
        (CLOSED, "programmes", KEY, {"status": "closed", "closure": "completed-as-planned"}),
    ],
)
def test_when_a_fact_is_recorded_then_its_row_follows(
    event: Any, table: str, key: str, values: dict[str, str]
) -> None:
    assert programmes(event, recorded(event)) == [Change(table, key, values)]


def test_when_a_withdrawal_is_noted_then_no_row_changes() -> None:
    assert programmes(NOTED, recorded(NOTED)) == []


@pytest.mark.parametrize("event", ONE_OF_EACH)
def test_each_row_fits_its_table(event: Any) -> None:
    columns = {table.name: set(table.columns) for table in SERVICE.tables}
    for change in programmes(event, recorded(event)):
        assert set(change.values or ()) <= columns[change.table]


def test_when_a_programme_closes_then_others_hear_how() -> None:
    told = {
        "case": CASE,
        "referral": REFERRAL,
        "organisation": "casa-aperta",
        "closure": "completed-as-planned",
    }
    of = "org.staffetta.assistance.programme-closed.v1"
    assert heard(CLOSED) == [Public(TOPIC, CASE, of, AT, told)]


def test_when_a_withdrawal_is_noted_then_it_is_acknowledged() -> None:
    told = {"case": CASE, "consent": CONSENT, "did": "stopped", "organisations": ["casa-aperta"]}
    of = "org.staffetta.assistance.withdrawal-acknowledged.v1"
    assert heard(NOTED) == [Public(TOPIC, CASE, of, AT, told)]


@pytest.mark.parametrize("event", [OPENED, PLANNED, DELIVERED, STOPPED])
def test_when_anything_else_happens_then_nobody_hears(event: Fact) -> None:
    assert heard(event) == []


@pytest.mark.parametrize("event", ONE_OF_EACH)
def test_nothing_protected_is_published(event: Fact) -> None:
    kept = {"note", "health_note", "goals"}
    with_notes = event.model_copy(
        update={
            name: Protected(sealed="sealed text") for name in kept & set(type(event).model_fields)
        }
    )
    for told in heard(with_notes):
        assert not kept & set(told.data)
        assert "sealed text" not in str(told)
