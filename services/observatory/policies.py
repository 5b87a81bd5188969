"""The rules of counting, one sentence each, with where they come from."""

from collections.abc import Iterable

from shared.runtime.facts import Acting, Refused
from shared.trust.access import Thing


def only_an_analyst_or_the_coordinator_reads_counts(acting: Acting) -> None:
    """Statistics are for the observatory's own purpose (Regulation (EU) 2016/679, art. 89(1))."""
    if not acting.may("SeeCounts", Thing("Observatory")):
        raise Refused(
            "only-an-analyst-or-the-coordinator-reads-counts",
            "Your role does not read the observatory's counts.",
            "Ask an analyst of the observatory, or the coordinator.",
            "authority",
        )


def no_table_shows_a_small_cell(cells: Iterable[int], threshold: int) -> None:
    """Design, rule 7; the frequency rule of Eurostat's Handbook on Statistical Disclosure Control.

    The whole table is refused: a cell left out alone can be had by subtracting from a total.
    """
    if any(0 < people < threshold for people in cells):
        raise Refused(
            "no-table-shows-a-small-cell",
            "A cell of this table counts so few people that they could be recognised.",
            "Ask for fewer dimensions.",
            "authority",
        )
