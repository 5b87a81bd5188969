"""HTTP for a person's own view of their way: whose hands, and who saw it."""

from fastapi import APIRouter
from pydantic import Field

from services.referral.custody import policies, queries
from services.referral.custody.api import CaseId, CustodyView, custody_view
from services.referral.custody.decide import CUSTODY
from services.referral.trace import WORDS, trace_of
from shared.rules import own_view
from shared.runtime.append import instant
from shared.runtime.facts import Acting
from shared.runtime.loading import load
from shared.runtime.trace import TraceLine
from shared.trust.step_up import Proof
from shared.web.calls import Seen
from shared.web.languages import Accepted, preferred
from shared.web.problems import responses
from shared.words import FALLBACK, languages

router = APIRouter(tags=["own view"])
SEEN = ("disclosure", "read")
OWN_VIEW, SECOND_FORM = "the person's own view", "2"
"""What the audit log calls such a read, and the form of its entry that tells of the proof; the
first form had no number, and did not. Who verifies the log looks for these words."""


class OwnView(CustodyView):
    """Everything that `referral` holds about a person, for themselves: codes only."""

    seen: list[TraceLine] = Field(description="By whom, when, what, and under which consent.")
    history: list[TraceLine] = Field(description="Everything else that happened.")


@router.get("/cases/{case}/own-view", responses=responses(403, 404, 409))
def see_own_view(case: CaseId, call: Seen, words: Accepted = FALLBACK) -> OwnView:
    """All of it, to be given to the person who asks for it. Nothing here is sealed: it is a read,
    and recorded before it is answered."""
    state, version = load(call.store, CUSTODY, case)
    call.tag(version)
    custodian = queries.custodian(call.store, case)

    def may(by: Acting) -> tuple[str, Proof]:
        own_view.the_coordinator_prints_what_is_held(by, "SeeOwnView")
        proof = own_view.what_is_held_is_opened_on_fresh_proof(by)
        policies.the_coordination_learns_that_a_case_was_erased(by, state)
        return policies.there_is_a_way_to_show(custodian), proof

    known, proof = call.allowed(may, case, OWN_VIEW)
    shown = custody_view(call.store, case, known)
    by = {"proved_at": instant(proof.at), "proved_with": " ".join(proof.factors)}
    call.note(case, OWN_VIEW, form=SECOND_FORM, **by)
    told = trace_of(call.store, case, preferred(words, languages(WORDS)))
    return OwnView(
        **dict(shown),
        seen=[each for each in told if each.kind in SEEN],
        history=[each for each in told if each.kind not in SEEN],
    )
