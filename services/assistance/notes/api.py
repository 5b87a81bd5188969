"""HTTP for what was noted: for others under a consent, and for the person themselves."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from services.assistance import queries as programmes
from services.assistance.api import REFUSALS, CaseId, DeliveryLine, ProgrammeLine
from services.assistance.decide import PROGRAMMES
from services.assistance.notes import commands, queries
from services.assistance.notes.queries import Note
from services.assistance.trace import WORDS, trace_of
from shared.codes import DataCategory
from shared.runtime.handle import Answer, handle
from shared.runtime.trace import TraceLine
from shared.web.calls import Asked, Commanding
from shared.web.languages import Accepted, preferred
from shared.web.paging import line
from shared.words import FALLBACK, languages

router = APIRouter(tags=["notes"])
SEEN = ("disclosure", "read")


class OwnView(BaseModel):
    """Everything that `assistance` holds about a person, for themselves."""

    view: str
    programmes: list[ProgrammeLine]
    deliveries: list[DeliveryLine]
    held: list[Note]
    seen: list[TraceLine] = Field(description="By whom, when, what, and under which consent.")
    history: list[TraceLine] = Field(description="Everything else that happened.")


class NotesShown(BaseModel):
    """What was asked for and allowed, in order of recording."""

    disclosure: str
    withheld: list[DataCategory] = Field(
        description="What was asked for, and is not shown: the person has not allowed it."
    )
    notes: list[Note]


@router.post("/cases/{case}/disclosures", status_code=201, responses=REFUSALS)
def disclose_notes(case: CaseId, command: commands.DiscloseNotes, call: Asked) -> NotesShown:
    """See what was noted, for your organisation, as far as a live consent goes. It is recorded
    first, and decided and recorded anew when a request is repeated."""
    answer = _shown(call, case, command)
    allowed = queries.disclosed_at(call.store, case, answer.version)
    return NotesShown(
        disclosure=answer.id,
        withheld=sorted(set(command.categories) - set(allowed)),
        notes=queries.notes(call.store, case, allowed, answer.version),
    )


@router.post("/cases/{case}/own-view", status_code=201, responses=REFUSALS)
def show_own_view(
    case: CaseId, command: commands.ShowOwnView, call: Asked, words: Accepted = FALLBACK
) -> OwnView:
    """Open everything held here, to be given to the person who asks for it. It is recorded first,
    and again when a request is repeated."""
    answer = _shown(call, case, command)
    told = trace_of(call.store, case, preferred(words, languages(WORDS)))
    seen = [each for each in told if each.kind in SEEN]
    return OwnView(
        view=answer.id,
        programmes=[
            line(ProgrammeLine, row) for row in programmes.programmes_of(call.store, case, None)
        ],
        deliveries=[line(DeliveryLine, row) for row in programmes.deliveries_of(call.store, case)],
        held=queries.notes(call.store, case, tuple(DataCategory), answer.version),
        seen=seen,
        history=[each for each in told if each not in seen],
    )


def _shown(call: Commanding, case: str, command: commands.OfNotes) -> Answer:
    """Whatever is shown again is decided and recorded again, as it stands now."""
    answer = call.answer(PROGRAMMES, case, command, about=call.acting.fresh)
    if not answer.replayed:
        return answer
    return handle(call.store, PROGRAMMES, case, command, call.acting, about=call.acting.fresh)
