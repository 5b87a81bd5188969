"""HTTP for cases."""

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from services.identification.cases import commands, policies, queries
from services.identification.cases.decide import CASES, case_id
from services.identification.cases.disclosing import still_allowed
from services.identification.cases.erasure_policies import an_erased_case_takes_nothing_more
from services.identification.cases.state import Unopened
from services.identification.duplicates.projections import NextStep
from services.identification.duplicates.queries import next_steps
from services.identification.trace import trace_of
from shared.codes import DataCategory
from shared.runtime.facts import Acting
from shared.runtime.loading import load
from shared.runtime.store import Row
from shared.runtime.trace import TraceLine
from shared.web.calls import Asked, Commanding, Reading, Receipt, Seen
from shared.web.paging import After, Limit, Page, line, page, start
from shared.web.problems import responses

router = APIRouter(tags=["cases"])
CaseId = Annotated[str, Path(pattern=r"^case-[0-9a-f]{32}$", description="The case's id.")]
REFUSALS = responses(400, 403, 404, 409, 412, 503)


NextSteps = Annotated[
    list[NextStep],
    Field(
        description="`seek-duplicates`: something of who the person is was recorded since anybody"
        " looked whether they are known already (`POST /cases/{case}/duplicates`)."
    ),
]


class CaseLine(BaseModel):
    """A case in codes."""

    key: str = Field(description="The case's id.")
    custodian: str
    opened_at: str
    area: str
    exploitation: str
    age_group: str
    gender: str
    citizenship: str
    status: str | None
    closure: str | None


class ConsentLine(BaseModel):
    key: str = Field(description="The consent's id.")
    recipient: str | None
    recipient_class: str | None = Field(description="The kind of organisations, for a class.")
    purpose: str
    categories: str
    given_at: str
    valid_until: str
    narrowed_at: str | None
    expired_at: str | None
    withdrawn_at: str | None


class CaseView(BaseModel):
    case: CaseLine
    consents: list[ConsentLine]
    next_steps: NextSteps


class Done(BaseModel):
    """What a command led to, as `Receipt`, and what is to be done in the case before going on."""

    id: str
    version: int
    next_steps: NextSteps


class Dossier(BaseModel):
    """What was asked for and allowed, per category of data, in order of recording."""

    disclosure: str
    withheld: list[DataCategory] = Field(
        description="What was asked for, and is not shown: the person has not allowed it."
    )
    dossier: dict[DataCategory, list[str | dict[str, str]]] = Field(
        description="Identity as name, birth_date, documents where recorded; the rest as told."
    )


@router.post("/cases", status_code=201, responses=REFUSALS)
def open_case(command: commands.OpenCase, call: Asked) -> Done:
    """Open the case of a person whom a contact told of. Your organisation is its custodian."""
    return _done(call, case_id(call.acting), command)


@router.get("/cases")
def list_cases(call: Seen, after: After = None, limit: Limit = 50) -> Page[CaseLine]:
    """The cases in your organisation's custody; the coordinator sees those of all."""
    of = call.allowed(
        policies.the_coordinator_lists_all_cases_and_others_their_own, "cases", "the cases"
    )
    return page(CaseLine, queries.cases(call.store, of, start(after), limit), limit)


@router.get("/cases/{case}", responses=responses(403, 404, 409))
def see_case(case: CaseId, call: Seen) -> CaseView:
    """One case in codes, with its consents; `ETag` is its version. The read is recorded."""
    row = seen(call, case, "SeeCase", "the case")
    consents = [line(ConsentLine, found) for found in queries.consents(call.store, case)]
    steps = next_steps(call.store, case)
    return CaseView(case=line(CaseLine, row), consents=consents, next_steps=steps)


@router.get("/cases/{case}/trace", responses=responses(403, 404))
def see_case_trace(case: CaseId, call: Seen) -> list[TraceLine]:
    """Who did, was refused or read what, when, and under which consent. The read is recorded."""
    seen(call, case, "SeeCaseTrace", "the trace", erased_too=True)
    return trace_of(call.store, case)


@router.post("/cases/{case}/contacts", responses=REFUSALS)
def link_contact(case: CaseId, command: commands.LinkContact, call: Asked) -> Done:
    """Add a further contact of the same person."""
    return _done(call, case, command)


@router.post("/cases/{case}/information", responses=REFUSALS)
def give_information(case: CaseId, command: commands.GiveInformation, call: Asked) -> Receipt:
    """Record that the person was informed, in which language and with which interpreter."""
    return call.handle(CASES, case, command)


@router.post("/cases/{case}/consents", status_code=201, responses=REFUSALS)
def give_consent(case: CaseId, command: commands.GiveConsent, call: Asked) -> Receipt:
    """Record a consent; the answer's id is the consent's."""
    return call.handle(CASES, case, command, about=call.acting.fresh)


@router.post("/cases/{case}/consent-refusals", responses=REFUSALS)
def refuse_consent(case: CaseId, command: commands.RefuseConsent, call: Asked) -> Receipt:
    """Record that the person said no."""
    return call.handle(CASES, case, command)


@router.post("/cases/{case}/consent-withdrawals", responses=REFUSALS)
def withdraw_consent(case: CaseId, command: commands.WithdrawConsent, call: Asked) -> Receipt:
    """Take a consent back: at once here, and every holder acknowledges."""
    return call.handle(CASES, case, command)


@router.post("/cases/{case}/identity", responses=REFUSALS)
def record_identity(case: CaseId, command: commands.RecordIdentity, call: Asked) -> Done:
    """Record who the person is; kept encrypted, and shown by disclosure only."""
    return _done(call, case, command)


@router.post("/cases/{case}/disclosures", status_code=201, responses=REFUSALS)
def disclose_dossier(case: CaseId, command: commands.DiscloseDossier, call: Asked) -> Dossier:
    """See sealed data for your organisation, as far as a live consent goes; it is recorded."""
    answer = call.answer(CASES, case, command, about=call.acting.fresh)
    allowed = queries.disclosed_at(call.store, case, answer.version)
    if answer.replayed:
        asked = command.model_copy(update={"categories": allowed})
        allowed = still_allowed(call, case, asked)
    shown = queries.dossier(call.store, case, allowed, answer.version)
    withheld = sorted(set(command.categories) - set(allowed))
    return Dossier(disclosure=answer.id, dossier=shown, withheld=withheld)


@router.post("/cases/{case}/status", responses=REFUSALS)
def determine_status(case: CaseId, command: commands.DetermineStatus, call: Asked) -> Receipt:
    """Record the status that was determined."""
    return call.handle(CASES, case, command)


def _done(call: Commanding, case: str, command: commands.Command) -> Done:
    done = call.handle(CASES, case, command)
    steps = next_steps(call.store, done.id)
    return Done(id=done.id, version=done.version, next_steps=steps)


def seen(call: Reading, case: str, action: str, what: str, *, erased_too: bool = False) -> Row:
    """The case's row, or that of its erasure; the read, or its refusal, is recorded."""
    # The version is read before the row: at worst If-Match then refuses, never lets too much by.
    state, version = load(call.store, CASES, case)
    call.tag(version)
    known = queries.erasure(call.store, case) or queries.case(call.store, case)

    def may(by: Acting) -> policies.Shown:
        shown = policies.the_custodian_and_the_coordination_see_a_case(by, action, known)
        if not erased_too and not isinstance(state, Unopened):
            an_erased_case_takes_nothing_more(state)
        return shown

    row = call.allowed(may, case, what)
    call.note(case, what)
    return row
