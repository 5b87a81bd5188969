"""HTTP for receipts: issued and printed by the custodian, verified by whoever holds one."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, Field

from services.identification.cases.api import REFUSALS, CaseId, seen
from services.identification.cases.decide import CASES
from services.identification.cases.fields import ConsentId
from services.identification.receipts import code, policies, queries
from services.identification.receipts.commands import IssueReceipt
from services.identification.receipts.printing import pdf
from services.identification.receipts.receipt import (
    VERIFYING,
    ConsentReceipt,
    Record,
    given_in,
    receipt_of,
)
from services.identification.receipts.standing import Standing, standing
from services.identification.receipts.texts import language_for
from shared.codes import LanguageTag
from shared.trust.keys import UnknownKey
from shared.web.calls import Asked, Reading, Receipt, Seen, edge_of
from shared.web.problems import Turned, responses
from shared.web.throttle import Throttle, let_in

router = APIRouter(tags=["receipts"])
_OF = "/cases/{case}/consent-receipts/{consent}"
Consent = Annotated[ConsentId, Path(description="The consent's id.")]
Language = Annotated[
    LanguageTag | None,
    Query(description="Else that of the consent, where there are words in it; else English."),
]


class AskForReceipt(BaseModel, extra="forbid"):
    consent: ConsentId


class Typed(BaseModel, extra="forbid", hide_input_in_errors=True):
    code: Annotated[str, Field(min_length=1, max_length=80, description="As it is printed.")]


class Verified(BaseModel):
    """What a receipt's holder learns: never who, to whom, or for what."""

    genuine: bool = Field(
        description="False where no such receipt was issued, or all of it was erased since."
    )
    consent: Standing | None = Field(description="How the consent stands now.")


@router.post("/cases/{case}/consent-receipts", status_code=201, responses=REFUSALS)
def issue_receipt(case: CaseId, asked: AskForReceipt, call: Asked) -> Receipt:
    """Record that the person gets a receipt of a consent; the answer's id is the consent's."""
    policies.only_a_known_consent_has_a_receipt(queries.consent(call.store, case, asked.consent))
    keys = call.store.keys
    verifier = code.verifier_of(keys, code.first_code_of(keys, case, asked.consent))
    command = IssueReceipt(consent=asked.consent, verifier=verifier)
    return call.handle(CASES, case, command, about=asked.consent)


@router.get(_OF, responses=responses(403, 404, 409))
def see_consent_receipt(
    case: CaseId, consent: Consent, call: Seen, language: Language = None
) -> ConsentReceipt:
    """The receipt, to be handed over. The read is recorded."""
    _record, receipt = _made(call, case, consent, language)
    return receipt


@router.get(
    f"{_OF}/pdf",
    responses={200: {"content": {"application/pdf": {}}}, **responses(403, 404, 409)},
    response_class=Response,
)
def see_printed_receipt(
    case: CaseId, consent: Consent, call: Seen, language: Language = None
) -> Response:
    """The receipt on paper. The read is recorded."""
    record, receipt = _made(call, case, consent, language)
    headers = {**call.response.headers, "Cache-Control": "no-store"}
    return Response(pdf(receipt, record), media_type="application/pdf", headers=headers)


@router.post(VERIFYING, responses=responses(400, 429, 503))
def verify_receipt(typed: Typed, request: Request) -> Verified:
    """Whether a receipt is genuine, and how its consent stands. Needs no account."""
    return verified(request, typed.code)


def verified(request: Request, typed: str) -> Verified:
    """What a stranger learns, by whichever door. Raises `Turned` where they ask too often, and
    `Refused` where the code was mistyped."""
    edge = edge_of(request)
    let_in(_throttle(request), request)
    if edge.store.hold:
        raise _restored()
    verifier = code.verifier_of(edge.store.keys, typed)
    consent = queries.consent_behind(edge.store, verifier)
    if consent is None:
        return Verified(genuine=False, consent=None)
    return Verified(genuine=True, consent=standing(consent, edge.clock()))


def _restored() -> Turned:
    """It may have forgotten a withdrawal: then it must not say that a consent holds."""
    return Turned(
        503,
        "a-restored-service-vouches-for-nothing",
        "This service was restored, and does not say yet how a consent stands.",
        "Ask again later, or ask the organisation that gave the paper.",
    )


def _throttle(request: Request) -> Throttle:
    throttle: Throttle = request.app.state.receipts_throttle
    return throttle


def _made(
    call: Reading, case: str, consent: str, language: str | None
) -> tuple[Record, ConsentReceipt]:
    seen(call, case, "SeeConsentReceipt", "the consent receipt")
    known = policies.only_a_known_consent_has_a_receipt(queries.consent(call.store, case, consent))
    try:
        printed = code.code_of(call.store.keys, case, consent)
    except UnknownKey:
        raise policies.not_issued() from None
    found = queries.receipt(call.store, code.verifier_of(call.store.keys, printed))
    issued = policies.a_receipt_is_issued_first(found, case, consent)
    record = Record(queries.as_given(call.store, case, consent), known, issued, printed)
    chosen = language_for(language or given_in(record).language)
    return record, receipt_of(record, chosen, call.acting.now)
