"""HTTP for referrals and custody."""

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from services.referral.custody import commands, policies, queries
from services.referral.custody.decide import CUSTODY
from services.referral.trace import trace_of
from shared.codes import DeclineReason, ServiceType
from shared.runtime.facts import Acting, Request
from shared.runtime.loading import load
from shared.runtime.store import Store
from shared.runtime.trace import TraceLine
from shared.web.calls import Asked, Reading, Receipt, Seen
from shared.web.paging import After, Limit, Page, line, page, start
from shared.web.problems import responses

router = APIRouter(tags=["referrals"])
CaseId = Annotated[str, Path(pattern=r"^case-[0-9a-f]{32}$", description="The case's id.")]
ReferralId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$", description="The referral's id.")]
REFUSALS = responses(400, 403, 404, 409, 412, 503)


class ReferralLine(BaseModel):
    key: str = Field(description="The referral's id.")
    service: ServiceType
    consent: str
    sender: str
    stage: str
    accepted_by: str | None
    proposed_at: str


class ResponseLine(BaseModel):
    referral: str
    receiver: str
    response: str
    reason: str | None
    answer_by: str | None = Field(description="Null until the referral is sent.")


class CustodyView(BaseModel):
    """Who has the person, and every referral of the case."""

    custodian: str
    referrals: list[ReferralLine]
    responses: list[ResponseLine]


class IncomingLine(BaseModel):
    """What your organisation was asked: codes only."""

    case_id: str
    referral: str
    service: ServiceType
    sender: str
    response: str
    answer_by: str


class Decline(Request):
    reason: DeclineReason


@router.get("/incoming")
def list_incoming(call: Seen, after: After = None, limit: Limit = 50) -> Page[IncomingLine]:
    """The referrals that your organisation has still to answer."""
    rule = policies.an_organisation_lists_what_it_was_asked
    own = call.allowed(rule, "incoming", "the incoming referrals")
    rows = queries.incoming(call.store, own, start(after), limit)
    return page(IncomingLine, rows, limit)


@router.post("/cases/{case}/referrals", status_code=201, responses=REFUSALS)
def propose_referral(case: CaseId, command: commands.ProposeReferral, call: Asked) -> Receipt:
    """Propose a referral to one or more organisations; the answer's id is the referral's."""
    return call.handle(CUSTODY, case, command, about=call.acting.fresh)


@router.post("/cases/{case}/referrals/{referral}/sending", responses=REFUSALS)
def send_referral(case: CaseId, referral: ReferralId, call: Asked) -> Receipt:
    """Ask the receivers now: their answer time begins."""
    return call.handle(CUSTODY, case, commands.SendReferral(referral=referral), about=referral)


@router.post("/cases/{case}/referrals/{referral}/acknowledgement", responses=REFUSALS)
def acknowledge_referral(case: CaseId, referral: ReferralId, call: Asked) -> Receipt:
    """Say that your organisation has seen it."""
    command = commands.AcknowledgeReferral(referral=referral)
    return call.handle(CUSTODY, case, command, about=referral)


@router.post("/cases/{case}/referrals/{referral}/acceptance", responses=REFUSALS)
def accept_referral(case: CaseId, referral: ReferralId, call: Asked) -> Receipt:
    """Take the person, and one of your places with them."""
    return call.handle(CUSTODY, case, commands.AcceptReferral(referral=referral), about=referral)


@router.post("/cases/{case}/referrals/{referral}/declination", responses=REFUSALS)
def decline_referral(case: CaseId, referral: ReferralId, body: Decline, call: Asked) -> Receipt:
    """Say no, with a reason from the list."""
    command = commands.DeclineReferral(referral=referral, reason=body.reason)
    return call.handle(CUSTODY, case, command, about=referral)


@router.post("/cases/{case}/referrals/{referral}/withdrawal", responses=REFUSALS)
def withdraw_referral(case: CaseId, referral: ReferralId, call: Asked) -> Receipt:
    """Take your own referral back."""
    return call.handle(CUSTODY, case, commands.WithdrawReferral(referral=referral), about=referral)


@router.post("/cases/{case}/referrals/{referral}/handover", responses=REFUSALS)
def confirm_handover(case: CaseId, referral: ReferralId, call: Asked) -> Receipt:
    """Confirm, for your side, that the person has arrived; custody moves when both have."""
    return call.handle(CUSTODY, case, commands.ConfirmHandover(referral=referral), about=referral)


@router.get("/cases/{case}/referrals", responses=responses(403, 404, 409))
def see_referrals(case: CaseId, call: Seen) -> CustodyView:
    """Who has the person, and every referral. The read is recorded."""
    return custody_view(call.store, case, _seen(call, case, "SeeReferrals", "the referrals"))


@router.get("/cases/{case}/trace", responses=responses(403, 404, 409))
def see_referral_trace(case: CaseId, call: Seen) -> list[TraceLine]:
    """Who did, was refused or read what, when, and under which consent. The read is recorded."""
    _seen(call, case, "SeeReferralTrace", "the trace")
    return trace_of(call.store, case)


def custody_view(store: Store, case: str, custodian: str) -> CustodyView:
    return CustodyView(
        custodian=custodian,
        referrals=[line(ReferralLine, row) for row in queries.of_case(store, case)],
        responses=[line(ResponseLine, row) for row in queries.responses(store, case)],
    )


def _seen(call: Reading, case: str, action: str, what: str) -> str:
    """The custodian's name, where the reader may see the case. The version is read first: at
    worst If-Match then refuses, and never lets too much by."""
    state, version = load(call.store, CUSTODY, case)
    call.tag(version)
    custodian = queries.custodian(call.store, case)
    involved = {row["receiver"] for row in queries.responses(call.store, case)}
    involved |= {row["sender"] for row in queries.of_case(call.store, case)}

    def may(by: Acting) -> str:
        policies.the_coordination_learns_that_a_case_was_erased(by, state)
        return policies.whoever_is_involved_sees_the_referrals(by, action, custodian, involved)

    allowed = call.allowed(may, case, what)
    call.note(case, what)
    return allowed
