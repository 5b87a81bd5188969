"""HTTP for duplicates: sought in a case, offered, judged."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from services.identification.cases.api import CaseId
from services.identification.cases.decide import CASES, no_such_case
from services.identification.duplicates import policies, queries
from services.identification.duplicates.commands import (
    JudgeCandidate,
    SeekDuplicates,
    SetMatching,
)
from services.identification.duplicates.decide import may_ask
from services.identification.duplicates.events import Judgement
from services.identification.duplicates.likeness import Likeness
from services.identification.duplicates.queries import Alike
from services.identification.duplicates.setting import MATCHING, MATCHING_STREAM
from shared.runtime.facts import Refused
from shared.web.calls import Asked, Commanding, Receipt, Seen
from shared.web.paging import After, Limit, Page, page, start
from shared.web.problems import responses

router = APIRouter(tags=["duplicates"])
REFUSALS = responses(400, 403, 404, 409, 412, 503)
AGAIN = "the candidates again"


class Candidate(BaseModel):
    """Somebody who may be the same person. Of another organisation's only that it knows somebody,
    and where to ask; its case where that person's consent opens it to you."""

    candidate: str = Field(description="Its name within this case, by which it is judged.")
    alike_by: list[Likeness] = Field(
        description="`similar-name-and-year`: the name sounds alike, is written in another script,"
        " or has a further name more or less; look twice."
    )
    organisation: str
    ask: str | None = Field(description="The organisation's public telephone, where known.")
    case: str | None
    contact: str | None = Field(description="A contact that belongs to no case yet.")
    judgement: Judgement | None


class DueSearch(BaseModel):
    key: str = Field(description="The case's id.")
    since: str = Field(description="When something was recorded last.")


class Candidates(BaseModel):
    searched_by: list[Likeness]
    candidates: list[Candidate]


@router.post("/matching", responses=responses(400, 403, 409, 412, 503))
def set_matching(command: SetMatching, call: Asked) -> Receipt:
    """Say how telephone numbers are understood, and whom to ask (the coordinator only)."""
    return call.handle(MATCHING, MATCHING_STREAM, command)


@router.get("/duplicates/due")
def list_due_searches(call: Seen, after: After = None, limit: Limit = 50) -> Page[DueSearch]:
    """The cases in your organisation's custody of which something was recorded since anybody
    looked whether the person is known already; the coordinator sees those of all."""
    rule = policies.who_seeks_duplicates_is_told_where_a_search_is_due
    of = call.allowed(rule, "cases", "searches that are due")
    return page(DueSearch, queries.due(call.store, of, start(after), limit), limit)


@router.post("/cases/{case}/duplicates", status_code=201, responses=REFUSALS)
def seek_duplicates(case: CaseId, call: Asked) -> Candidates:
    """Who may be the same person as this case's, by what is recorded of it. It is recorded."""
    known = queries.open_case(call.store, case)
    judged = known.duplicates.judged if known else {}
    found = queries.alike(call.store, case, judged)
    asked = SeekDuplicates(
        by=queries.searched_by(call.store, case), found=tuple(one.called for one in found)
    )
    answer = call.answer(CASES, case, asked)
    if answer.replayed:
        _still_allowed(call, case)
    sought = queries.sought_at(call.store, case, answer.version)
    telephones = queries.matching(call.store).contact_points
    shown = [
        _shown(call, one, judged.get(one.called), telephones.get(one.organisation))
        for one in found
        if one.called in sought.found
    ]
    return Candidates(searched_by=list(sought.by), candidates=shown)


@router.post("/cases/{case}/duplicates/judgements", responses=REFUSALS)
def judge_candidate(case: CaseId, command: JudgeCandidate, call: Asked) -> Receipt:
    """Decide that a candidate is the same person, or another. Nothing is merged by it."""
    return call.handle(CASES, case, command)


def _still_allowed(call: Commanding, case: str) -> None:
    """A repeated request shows again only to whoever may search now; it is a read, and is noted."""
    known = queries.open_case(call.store, case)
    try:
        if known is None:
            raise no_such_case()
        may_ask("SeekDuplicates", known, call.acting)
    except Refused as refusal:
        raise call.refused(refusal, case, AGAIN) from None
    call.note(case, AGAIN)


def _shown(call: Commanding, one: Alike, judged: Judgement | None, ask: str | None) -> Candidate:
    ours = policies.who_sees_a_case_anyway_is_told_which_it_is(call.acting, one.organisation)
    named = ours or policies.a_case_elsewhere_is_named_only_as_its_person_allows(
        queries.allowed(call.store, one.person, call.acting), one.kinds
    )
    return Candidate(
        candidate=one.called,
        alike_by=sorted(one.kinds),
        organisation=one.organisation,
        ask=ask,
        case=one.person if named and one.person.startswith("case-") else None,
        contact=one.person if named and one.person.startswith("contact-") else None,
        judgement=judged,
    )
