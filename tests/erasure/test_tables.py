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


def test_what_somebody_is_found_by_goes_with_each_of_their_streams() -> None:
    (found_by,) = (
        table for part in FOUR for table in part.service.tables if "blind" in table.columns
    )
    assert (found_by.name, found_by.subject) == ("likenesses", "stream")
