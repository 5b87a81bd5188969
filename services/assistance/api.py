"""HTTP for programmes."""

from collections.abc import Callable, Collection
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from services.assistance import commands, policies, queries
from services.assistance.decide import PROGRAMMES
from services.assistance.state import Case
from services.assistance.trace import trace_of
from shared.codes import ClosureKind, ServiceType
from shared.runtime.facts import Acting
from shared.runtime.loading import load
from shared.runtime.trace import TraceLine
from shared.web.calls import Asked, Reading, Receipt, Seen
from shared.web.paging import After, Limit, Page, line, page, start
from shared.web.problems import responses

router = APIRouter(tags=["programmes"])
CaseId = Annotated[str, Path(pattern=r"^case-[0-9a-f]{32}$", description="The case's id.")]
ReferralId = Annotated[
    str, Path(pattern=r"^[0-9a-f]{32}$", description="The referral that led to the programme.")
]
REFUSALS = responses(400, 403, 404, 409, 412, 503)
PROGRAMME = "/cases/{case}/programmes/{referral}"
MaySee = Callable[[Acting, Collection[str]], None]


class ProgrammeLine(BaseModel):
    """A programme in codes."""

    case_id: str
    referral: str = Field(description="The referral that led to it.")
    organisation: str
    service: ServiceType = Field(description="What the person was referred for.")
    opened_at: str
    planned: str | None = Field(description="The services of the agreed plan.")
    review_on: str | None
    status: str = Field(
        description="open, consent-ended (ask the person again), stopped (withdrawn) or closed."
    )
    closure: ClosureKind | None


class DeliveryLine(BaseModel):
    """A service delivered; what was noted stays sealed."""

    referral: str
    service: ServiceType
    delivered_on: str


class ProgrammesView(BaseModel):
    programmes: list[ProgrammeLine]
    deliveries: list[DeliveryLine]


@router.get("/programmes", responses=responses(403))
def list_programmes(call: Seen, after: After = None, limit: Limit = 50) -> Page[ProgrammeLine]:
    """The programmes that your organisation runs; the coordinator sees those of all."""

    def may(by: Acting) -> str | None:
        policies.police_and_courts_never_see_the_care_record(by)
        return policies.the_coordinator_lists_all_programmes_and_others_their_own(by)

    of = call.allowed(may, "programmes", "the programmes")
    return page(ProgrammeLine, queries.programmes(call.store, of, start(after), limit), limit)


@router.post(PROGRAMME + "/plan", responses=REFUSALS)
def agree_plan(case: CaseId, referral: ReferralId, plan: commands.Plan, call: Asked) -> Receipt:
    """Record the plan agreed with the person; agreeing again changes it."""
    command = commands.AgreePlan(referral=referral, **dict(plan))
    return call.handle(PROGRAMMES, case, command)


@router.post(PROGRAMME + "/services", status_code=201, responses=REFUSALS)
def deliver_service(
    case: CaseId, referral: ReferralId, delivery: commands.Delivery, call: Asked
) -> Receipt:
    """Record a service delivered; the answer's id is the delivery's."""
    command = commands.DeliverService(referral=referral, **dict(delivery))
    return call.handle(PROGRAMMES, case, command, about=call.acting.fresh)


@router.post(PROGRAMME + "/closure", responses=REFUSALS)
def close_programme(
    case: CaseId, referral: ReferralId, closing: commands.Closing, call: Asked
) -> Receipt:
    """Record how the programme ended."""
    command = commands.CloseProgramme(referral=referral, **dict(closing))
    return call.handle(PROGRAMMES, case, command)


@router.get("/cases/{case}/programmes", responses=responses(403, 404, 409))
def see_programmes(case: CaseId, call: Seen) -> ProgrammesView:
    """A case's programmes that are yours to see; `ETag` is the version. The read is recorded."""
    may_see = policies.who_helps_and_the_coordination_see_programmes
    run_by = _seen(call, case, "the programmes", may_see)
    shown = policies.whose_programmes_are_shown(call.acting, run_by)
    rows = queries.programmes_of(call.store, case, shown)
    own = {row["referral"] for row in rows}
    deliveries = queries.deliveries_of(call.store, case)
    return ProgrammesView(
        programmes=[line(ProgrammeLine, row) for row in rows],
        deliveries=[line(DeliveryLine, row) for row in deliveries if row["referral"] in own],
    )


@router.get("/cases/{case}/trace", responses=responses(403, 404, 409))
def see_programme_trace(case: CaseId, call: Seen) -> list[TraceLine]:
    """Who did, was refused or read what, when, and under which consent. The read is recorded."""
    _seen(call, case, "the trace", policies.who_alone_helps_and_the_coordination_see_the_trace)
    return trace_of(call.store, case)


def _seen(call: Reading, case: str, what: str, may_see: MaySee) -> Collection[str]:
    # The version is read before the rows: at worst If-Match then refuses, never lets too much by.
    state, version = load(call.store, PROGRAMMES, case)
    call.tag(version)
    run_by = state.run_by if isinstance(state, Case) else ()

    def may(by: Acting) -> None:
        policies.police_and_courts_never_see_the_care_record(by)
        policies.the_coordination_learns_that_a_case_was_erased(by, state)
        may_see(by, run_by)

    call.allowed(may, case, what)
    call.note(case, what)
    return run_by
