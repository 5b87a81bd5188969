"""HTTP for the network's terms."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from services.identification.network import policies
from services.identification.network.commands import SetTerms
from services.identification.network.decide import NETWORK, TERMS
from shared.runtime.loading import load
from shared.web.calls import Asked, Receipt, Seen
from shared.web.problems import responses

router = APIRouter(tags=["network"])


class TermsView(BaseModel):
    acknowledge_within_hours: int = Field(
        description="How long an organisation has to acknowledge the end of a consent."
    )


@router.post("/terms", responses=responses(400, 403, 409, 412, 503))
def set_terms(command: SetTerms, call: Asked) -> Receipt:
    """Set the network's terms (the coordinator only). What was asked before keeps its time."""
    return call.handle(NETWORK, TERMS, command)


@router.get("/terms", responses=responses(403))
def see_terms(call: Seen) -> TermsView:
    """The network's terms."""
    call.allowed(policies.whoever_is_bound_by_the_terms_sees_them, TERMS, "the terms")
    known, version = load(call.store, NETWORK, TERMS)
    call.tag(version)
    return TermsView(acknowledge_within_hours=known.acknowledge_within_hours)
