"""A contribution becomes a fact, once; what of it is kept, and that nothing goes out."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.observatory.app import SERVICE
from services.observatory.consumer import HEARS, react
from services.observatory.decide import FACTS
from services.observatory.events import FactRecorded
from services.observatory.projections import facts, quarter_of
from services.observatory.publishes import public
from services.observatory.queries import Dimension
from shared.contracts.envelope import STATISTICS
from shared.contracts.statistics import CaseContributed
from shared.runtime.facts import Change, Recorded
from shared.runtime.inbox import Reaction, receive
from tests.observatory.given import (
    CODES,
    CONTRIBUTED,
    FACT,
    PSEUDONYM,
    RECORD,
    RECORDED,
    RELAY,
    message,
)
from tests.support.decisions import NOW, when
from tests.support.outboxes import MemoryOutbox
from tests.support.stores import open_store

MONTH = datetime(2026, 3, 1, tzinfo=UTC)

STORED = Recorded(FACT, 1, RECORDED, NOW, "relay", "identification")


def test_when_a_contribution_comes_then_a_fact_is_recorded() -> None:
    assert when(FACTS, [], RECORD, RELAY) == [RECORDED]


def test_given_a_fact_when_its_pseudonym_contributes_again_then_it_is_not_counted_again() -> None:
    assert when(FACTS, [RECORDED], RECORD, RELAY) == []
    other = RECORD.model_copy(update={"month": "2026-04"})
    assert when(FACTS, [RECORDED], other, RELAY) == []


def test_it_hears_statistics_only() -> None:
    assert HEARS == (("identification", "staffetta.statistics.contributions"),)


def test_when_a_contribution_is_heard_then_its_pseudonym_names_the_fact() -> None:
    assert react(message(CONTRIBUTED)) == [Reaction(FACTS, FACT, RECORD, at=MONTH)]


def test_when_a_contribution_is_heard_then_its_moment_is_kept_nowhere(
    kind: str, tmp_path: Path
) -> None:
    store = open_store(kind, SERVICE, tmp_path)
    sender = MemoryOutbox("identification", lanes=1)
    told = sender.tell(STATISTICS, PSEUDONYM, CONTRIBUTED)
    receive(store, sender, [told], react, lambda _message: RELAY)
    (stored,) = store.events(FACT)
    assert store.service.names.recorded(stored).at == MONTH


def test_when_a_type_is_not_known_then_nothing_happens() -> None:
    class Later(CaseContributed):
        type = "org.staffetta.identification.case-contributed.v2"

    assert react(message(Later.model_validate(CODES))) == []


def test_a_fact_holds_what_was_contributed_and_nothing_else() -> None:
    assert set(FactRecorded.model_fields) == set(CaseContributed.model_fields)


def test_when_a_fact_is_recorded_then_its_row_has_the_quarter() -> None:
    assert facts(RECORDED, STORED) == [Change("facts", FACT, {"quarter": "2026-Q1", **CODES})]


@pytest.mark.parametrize(
    ("month", "quarter"),
    [
        ("2025-12", "2025-Q4"),
        ("2026-01", "2026-Q1"),
        ("2026-03", "2026-Q1"),
        ("2026-04", "2026-Q2"),
    ],
)
def test_each_month_is_in_its_quarter(month: str, quarter: str) -> None:
    assert quarter_of(month) == quarter


def test_each_dimension_is_a_column_and_the_pseudonym_is_none() -> None:
    (table,) = SERVICE.tables
    assert {dimension.value for dimension in Dimension} == set(table.columns) - {"month"}
    (change,) = facts(RECORDED, STORED)
    assert PSEUDONYM not in str(change.values)


def test_nothing_is_published() -> None:
    assert public(STORED, lambda case: case) == ()
    assert SERVICE.topics == {}
