"""HTTP for counts."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, Field

from services.observatory import policies, queries
from services.observatory.queries import Dimension
from shared.codes import AgeGroup, Area, Channel, CitizenshipGroup, Gender
from shared.runtime.facts import Refused
from shared.runtime.store import Row
from shared.web.calls import Reading, Seen
from shared.web.problems import responses

router = APIRouter(tags=["counts"])
COUNTS = "counts"  # the stream under which reads and refusals are kept


class Cell(BaseModel):
    """One cell: the dimensions that were asked for, and how many people."""

    quarter: str | None = Field(None, description="As in 2026-Q1.")
    area: Area | None = None
    channel: Channel | None = None
    exploitation: str | None = Field(None, description="Sorted codes joined by +.")
    age_group: AgeGroup | None = None
    gender: Gender | None = None
    citizenship_group: CitizenshipGroup | None = None
    people: int


class Counts(BaseModel):
    """A whole table. A combination that is not there counts nobody."""

    by: list[Dimension]
    cells: list[Cell]


def threshold(request: Request) -> int:
    """From the wiring: whoever asks cannot lower it."""
    return int(request.app.state.threshold)


# There are no filters, on purpose: the difference of two filtered tables is a smaller group, and
# enough of them single somebody out. A table is whole, or it is not served.
By = Annotated[
    list[Dimension],
    Query(
        default_factory=list,
        max_length=len(Dimension),
        description="Count by these; none gives the total.",
    ),
]


@router.get(
    "/counts",
    response_model=Counts,
    response_model_exclude_unset=True,
    responses=responses(403),
)
def see_counts(call: Seen, smallest: Annotated[int, Depends(threshold)], by: By) -> Counts:
    """How many people, by any of the dimensions; only where no cell is small. Recorded."""
    dimensions = list(dict.fromkeys(by))
    cells = _seen(call, dimensions, smallest)
    return Counts(by=dimensions, cells=[Cell(**cell) for cell in cells])


def _seen(call: Reading, by: list[Dimension], smallest: int) -> list[Row]:
    what = f"the counts by {', '.join(by) or 'nothing'}"
    try:
        policies.only_an_analyst_or_the_coordinator_reads_counts(call.acting)
        cells = queries.counts(call.store, by)
        policies.no_table_shows_a_small_cell((cell["people"] for cell in cells), smallest)
    except Refused as refusal:
        raise call.refused(refusal, COUNTS, what) from None
    call.note(COUNTS, what)
    return cells
