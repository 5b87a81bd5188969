"""HTTP for access in an emergency: opened, looked, reviewed."""

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from services.identification.cases.api import CaseId
from services.identification.cases.decide import CASES
from services.identification.cases.emergency import commands, policies, queries
from services.identification.cases.emergency.fields import EmergencyField, EmergencyVerdict
from services.identification.cases.erasure_policies import an_erased_case_takes_nothing_more
from services.identification.cases.state import Unopened
from shared.runtime.append import instant
from shared.runtime.facts import Acting
from shared.runtime.handle import handle
from shared.runtime.loading import load
from shared.runtime.store import Row
from shared.web.calls import Asked, Reading, Receipt, Seen
from shared.web.paging import After, Limit, Page, line, page, start
from shared.web.problems import responses

router = APIRouter(tags=["emergencies"])
EmergencyId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$", description="The emergency's id.")]
REFUSALS = responses(400, 403, 404, 409, 412, 503)
ONE = "/cases/{case}/emergencies/{emergency}"


class EmergencyLine(BaseModel):
    """An emergency in codes."""

    key: str = Field(description="The emergency's id.")
    case_id: str
    operator: str
    organisation: str
    custodian: str = Field(description="Whose case it was when it was opened.")
    opened_at: str
    ends_at: str
    review_by: str = Field(description="Not judged by then, it is an alarm.")
    reviewer: str | None
    verdict: EmergencyVerdict | None
    reviewed_at: str | None


class Look(BaseModel):
    """What keeps the person safe, each field in order of recording."""

    look: str
    shown: dict[EmergencyField, list[str]]


class LookLine(BaseModel):
    look: str
    at: str
    fields: list[EmergencyField]


class EmergencyView(BaseModel):
    """All that its reviewer needs."""

    emergency: EmergencyLine
    reason: str | None = Field(description="To the coordinator only, in the opener's words.")
    looks: list[LookLine]


@router.post("/cases/{case}/emergencies", status_code=201, responses=REFUSALS)
def open_emergency(case: CaseId, command: commands.OpenEmergency, call: Asked) -> Receipt:
    """See what keeps the person safe without their consent: for an hour at most, with a reason,
    signed in anew with a second factor, and judged by somebody else within a day."""
    return call.handle(CASES, case, command, about=call.acting.fresh)


@router.post(ONE + "/looks", status_code=201, responses=REFUSALS)
def look_in_emergency(
    case: CaseId, emergency: EmergencyId, looking: commands.Looking, call: Asked
) -> Look:
    """See these fields now. It is recorded first, and again when a request is repeated."""
    command = commands.LookInEmergency(emergency=emergency, fields=looking.fields)
    answer = call.answer(CASES, case, command, about=call.acting.fresh)
    if answer.replayed:
        # Shown again, it is another look, and allowed only where one still is.
        again = call.acting
        answer = handle(call.store, CASES, case, command, again, about=again.fresh)
    shown = queries.shown(call.store, case, command.fields, answer.version)
    return Look(look=answer.id, shown=shown)


@router.post(ONE + "/review", responses=REFUSALS)
def review_emergency(
    case: CaseId, emergency: EmergencyId, found: commands.Reviewing, call: Asked
) -> Receipt:
    """Judge an emergency that somebody else opened. It ends with that."""
    command = commands.ReviewEmergency(emergency=emergency, verdict=found.verdict)
    return call.handle(CASES, case, command, about=emergency)


@router.get("/emergencies")
def list_emergencies(call: Seen, after: After = None, limit: Limit = 50) -> Page[EmergencyLine]:
    """Those of your organisation; the coordinator and the auditors see those of all."""
    rule = policies.the_coordination_lists_all_emergencies_and_others_their_own
    of = call.allowed(rule, "emergencies", "the emergencies")
    return page(EmergencyLine, queries.emergencies(call.store, of, start(after), limit), limit)


@router.get(ONE, responses=responses(403, 404, 409))
def see_emergency(case: CaseId, emergency: EmergencyId, call: Seen) -> EmergencyView:
    """One emergency with every look; to the coordinator with its reason. The read is recorded."""
    row, reviews = _seen(call, case, emergency)
    looks = [
        LookLine(look=event.look, at=instant(recorded.at), fields=list(event.fields))
        for recorded, event in queries.looks(call.store, case, emergency)
    ]
    why = queries.reason(call.store, case, emergency) if reviews else None
    return EmergencyView(emergency=line(EmergencyLine, row), reason=why, looks=looks)


def _seen(call: Reading, case: str, emergency: str) -> tuple[Row, bool]:
    """The emergency's row, and whether its reason is shown with it."""
    state, version = load(call.store, CASES, case)
    call.tag(version)

    def may(by: Acting) -> Row:
        if not isinstance(state, Unopened):
            an_erased_case_takes_nothing_more(state)
        found = queries.emergency(call.store, case, emergency)
        return policies.who_opened_or_judges_it_sees_an_emergency(by, found)

    row = call.allowed(may, case, "an emergency")
    reviews = policies.who_judges_an_emergency_sees_its_reason(call.acting, row)
    call.note(case, "the reason of an emergency" if reviews else "an emergency")
    return row, reviews
