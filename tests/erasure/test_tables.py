"""No list forgets to forget: each says by which column its rows go, or that they stay."""

from staffetta.four import FOUR

STAY = {"erasures", "attestations", "alarms"}


def test_a_list_of_a_case_goes_with_the_case() -> None:
    tables = [table for part in FOUR for table in part.service.tables]
    of_a_case = {table.name: table.subject for table in tables if "case_id" in table.columns}
    assert of_a_case
    for name, subject in of_a_case.items():
        assert subject == ("" if name in STAY else "case_id"), name
    assert {table.name for table in tables if not table.subject} == STAY
