"""HTTP for a person's own view."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from services.identification.cases import queries
from services.identification.cases.api import REFUSALS, CaseId, CaseLine, ConsentLine
from services.identification.cases.decide import CASES
from services.identification.cases.emergency import queries as emergencies
from services.identification.cases.emergency.api import LookLine
from services.identification.cases.own_view.commands import ShowOwnView
from services.identification.trace import WORDS, trace_of
from shared.codes import DataCategory
from shared.runtime.append import instant
from shared.runtime.handle import handle
from shared.runtime.store import Store
from shared.runtime.trace import TraceLine
from shared.web.calls import Asked
from shared.web.languages import Accepted, preferred
from shared.web.paging import line
from shared.words import FALLBACK, languages

router = APIRouter(tags=["own view"])


class EmergencyTold(BaseModel):
    """Somebody looked without a consent: who, why, and at what."""

    operator: str
    organisation: str
    opened_at: str
    reason: str
    looks: list[LookLine]
    verdict: str | None = Field(description="What a second person found; null until then.")


class OwnView(BaseModel):
    """Everything that `identification` holds about a person, for themselves."""

    view: str
    case: CaseLine
    held: dict[DataCategory, list[str | dict[str, str]]]
    consents: list[ConsentLine]
    seen: list[TraceLine] = Field(description="By whom, when, what, and under which consent.")
    emergencies: list[EmergencyTold]
    history: list[TraceLine] = Field(description="Everything else that happened.")


@router.post("/cases/{case}/own-view", status_code=201, responses=REFUSALS)
def show_own_view(
    case: CaseId, command: ShowOwnView, call: Asked, words: Accepted = FALLBACK
) -> OwnView:
    """Open everything held here, to be given to the person who asks for it. It is recorded first,
    and again when a request is repeated."""
    answer = call.answer(CASES, case, command, about=call.acting.fresh)
    if answer.replayed:
        # Shown again, it is another view, and allowed only on fresh proof.
        again = call.acting
        answer = handle(call.store, CASES, case, command, again, about=again.fresh)
    held = queries.dossier(call.store, case, DataCategory, answer.version)
    row = queries.case(call.store, case) or {}
    told = trace_of(call.store, case, preferred(words, languages(WORDS)))
    seen = [each for each in told if each.kind in SEEN]
    return OwnView(
        view=answer.id,
        case=line(CaseLine, row),
        held=held,
        consents=[line(ConsentLine, found) for found in queries.consents(call.store, case)],
        seen=seen,
        emergencies=_emergencies(call.store, case),
        history=[each for each in told if each not in seen],
    )


SEEN = ("disclosure", "read")


def _emergencies(store: Store, case: str) -> list[EmergencyTold]:
    return [
        EmergencyTold(
            operator=row["operator"],
            organisation=row["organisation"],
            opened_at=row["opened_at"],
            reason=emergencies.reason(store, case, row["key"]),
            looks=[
                LookLine(look=event.look, at=instant(recorded.at), fields=list(event.fields))
                for recorded, event in emergencies.looks(store, case, row["key"])
            ],
            verdict=row["verdict"],
        )
        for row in emergencies.of_case(store, case)
    ]
