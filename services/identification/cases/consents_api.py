"""HTTP for what becomes of a consent after it was given."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from services.identification.cases import commands, ending_policies, queries
from services.identification.cases.api import REFUSALS, CaseId
from services.identification.cases.decide import CASES
from shared.codes import ConsentEnd
from shared.web.calls import Asked, Receipt, Seen
from shared.web.paging import After, Limit, Page, page, start

router = APIRouter(tags=["consents"])


class WithdrawalLine(BaseModel):
    """An end of a consent that an organisation has still to acknowledge."""

    case_id: str
    consent: str
    organisation: str
    consent_end: ConsentEnd = Field(description="Whether it was withdrawn, narrowed, or ended.")
    categories_read: str = Field(description="What it was shown under it; empty: codes only.")
    asked_at: str
    answer_by: str = Field(description="After this moment the coordinator is told.")


@router.post("/cases/{case}/consent-narrowings", responses=REFUSALS)
def narrow_consent(case: CaseId, command: commands.NarrowConsent, call: Asked) -> Receipt:
    """Make a consent smaller: fewer categories, an earlier end, one organisation of its class."""
    return call.handle(CASES, case, command)


@router.post("/cases/{case}/withdrawal-acknowledgements", responses=REFUSALS)
def acknowledge_withdrawal(
    case: CaseId, command: commands.AcknowledgeWithdrawal, call: Asked
) -> Receipt:
    """Say what your organisation did about what it had received under a consent that ended."""
    return call.handle(CASES, case, command)


@router.get("/withdrawals")
def list_withdrawals(call: Seen, after: After = None, limit: Limit = 50) -> Page[WithdrawalLine]:
    """What your organisation has still to acknowledge; the coordinator sees that of all."""
    rule = ending_policies.the_coordinator_lists_all_withdrawals_and_others_their_own
    of = call.allowed(rule, "withdrawals", "the withdrawals")
    return page(WithdrawalLine, queries.withdrawals(call.store, of, start(after), limit), limit)
