"""Who reads counts, and which tables are never shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.observatory import policies
from shared.codes import Role
from shared.runtime.facts import Refused
from tests.support.decisions import acting


def shown(cells: list[int], threshold: int) -> bool:
    try:
        policies.no_table_shows_a_small_cell(cells, threshold)
    except Refused:
        return False
    return True


def test_when_a_table_is_refused_then_it_says_what_to_ask_instead() -> None:
    with pytest.raises(Refused) as refused:
        policies.no_table_shows_a_small_cell([9], 10)
    assert (refused.value.rule, refused.value.kind) == ("no-table-shows-a-small-cell", "authority")
    assert "fewer dimensions" in refused.value.instead


@pytest.mark.parametrize("role", [Role.ANALYST, Role.COORDINATOR])
def test_when_an_analyst_or_the_coordinator_asks_then_they_may_read(role: Role) -> None:
    policies.only_an_analyst_or_the_coordinator_reads_counts(acting("regione", role))


@pytest.mark.parametrize("role", [None, *sorted(set(Role) - {Role.ANALYST, Role.COORDINATOR})])
def test_when_anybody_else_asks_then_it_is_refused(role: Role | None) -> None:
    roles = frozenset({role}) if role else frozenset[str]()
    with pytest.raises(Refused) as refused:
        policies.only_an_analyst_or_the_coordinator_reads_counts(acting("regione", *roles))
    assert refused.value.rule == "only-an-analyst-or-the-coordinator-reads-counts"


@pytest.mark.parametrize(
    ("cells", "threshold", "served"),
    [
        ([], 10, True),
        ([0], 10, True),
        ([10, 0, 11], 10, True),
        ([9], 10, False),
        ([1], 10, False),
        ([1000, 9, 1000], 10, False),
        ([1], 1, True),
    ],
)
def test_a_table_is_served_only_where_no_cell_is_small(
    cells: list[int], threshold: int, served: bool
) -> None:
    assert shown(cells, threshold) is served


@given(st.lists(st.integers(0, 30)), st.integers(1, 20), st.data())
def test_one_small_cell_anywhere_refuses_the_whole_table(
    cells: list[int], threshold: int, data: st.DataObject
) -> None:
    if threshold > 1:
        small = data.draw(st.integers(1, threshold - 1))
        place = data.draw(st.integers(0, len(cells)))
        assert not shown([*cells[:place], small, *cells[place:]], threshold)
    assert shown([people + threshold for people in cells], threshold)
