"""HTTP for alarms."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from services.identification.alarms import policies, queries
from services.identification.alarms.kinds import AlarmKind
from shared.web.calls import Seen
from shared.web.paging import After, Limit, Page, page, start
from shared.web.problems import responses

router = APIRouter(tags=["alarms"])


class AlarmLine(BaseModel):
    kind: AlarmKind
    case_id: str
    about: str = Field(description="What it concerns, in ids: a consent, an erasure, an emergency.")
    since: str


@router.get("/alarms", responses=responses(403))
def list_alarms(call: Seen, after: After = None, limit: Limit = 50) -> Page[AlarmLine]:
    """What waits for the coordinator, until it is settled."""
    call.allowed(policies.the_coordinator_sees_what_waits, "alarms", "the alarms")
    return page(AlarmLine, queries.open_alarms(call.store, start(after), limit), limit)
