"""HTTP for erasure: asked for, and looked at."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from services.identification.cases import commands, erasure_policies, queries
from services.identification.cases.api import CaseId, seen
from services.identification.cases.decide import CASES
from shared.contracts.envelope import OPERATIONAL
from shared.web.calls import Asked, Receipt, Seen
from shared.web.paging import line
from shared.web.problems import responses

router = APIRouter(tags=["erasure"])


class AttestationLine(BaseModel):
    service: str
    keys_destroyed: int = Field(description="Under how many keys something had been sealed there.")
    attested_at: str


class ErasureView(BaseModel):
    """Where an erasure stands."""

    erasure: str
    requested_at: str
    attest_by: str = Field(description="Whoever has not attested by then raises an alarm.")
    attested: list[AttestationLine]
    waiting_for: list[str] = Field(description="The services that have still to attest.")
    completed_at: str | None


@router.post("/cases/{case}/erasure", responses=responses(400, 403, 404, 409, 412, 503))
def request_erasure(case: CaseId, command: commands.RequestErasure, call: Asked) -> Receipt:
    """Have the person forgotten everywhere, for good, at their request."""
    return call.handle(CASES, case, command)


@router.get("/cases/{case}/erasure", responses=responses(403, 404))
def see_erasure(case: CaseId, call: Seen) -> ErasureView:
    """Requested, attested by whom, completed. The read is recorded."""
    seen(call, case, "SeeErasure", "the erasure", erased_too=True)
    asked = erasure_policies.an_erasure_was_requested(queries.erasure(call.store, case))
    attested = [line(AttestationLine, row) for row in queries.attestations(call.store, case)]
    waiting = set(OPERATIONAL) - {each.service for each in attested}
    return ErasureView(
        erasure=asked["erasure"],
        requested_at=asked["requested_at"],
        attest_by=asked["attest_by"],
        attested=attested,
        waiting_for=sorted(waiting),
        completed_at=asked["completed_at"],
    )
