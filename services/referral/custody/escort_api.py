"""HTTP for the escort: named, and told where to go."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from services.referral.custody import commands
from services.referral.custody.api import REFUSALS, CaseId, ReferralId
from services.referral.custody.decide import CUSTODY
from services.referral.custody.queries import accepted_offer
from services.referral.directory.queries import address
from shared.runtime.facts import Request
from shared.runtime.handle import handle
from shared.web.calls import Asked, Receipt

router = APIRouter(tags=["escort"])


class Naming(Request):
    """Who goes with the person: one of your own operators."""

    escort: commands.OperatorId


class AddressView(BaseModel):
    """Where to go. Nobody else was told; write it down nowhere."""

    release: str = Field(description="By which id the trace tells of it.")
    address: str


@router.post("/cases/{case}/referrals/{referral}/escort", responses=REFUSALS)
def name_escort(case: CaseId, referral: ReferralId, named: Naming, call: Asked) -> Receipt:
    """Name who of your organisation goes with the person; naming again changes it."""
    command = commands.NameEscort(referral=referral, operator=named.escort)
    return call.handle(CUSTODY, case, command, about=referral)


@router.post("/cases/{case}/referrals/{referral}/address", status_code=201, responses=REFUSALS)
def release_address(case: CaseId, referral: ReferralId, call: Asked) -> AddressView:
    """Be told where the shelter is, as the named escort, once it has accepted. It is recorded
    first, and again when a request is repeated."""
    command = commands.ReleaseAddress(referral=referral)
    answer = call.answer(CUSTODY, case, command, about=call.acting.fresh)
    if answer.replayed:
        # Told again, it is another release, and allowed only where one still is.
        again = call.acting
        answer = handle(call.store, CUSTODY, case, command, again, about=again.fresh)
    shelter, service = accepted_offer(call.store, referral)
    return AddressView(release=answer.id, address=address(call.store, shelter, service))
