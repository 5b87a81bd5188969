"""How far a service has written and heard, in numbers per lane: what lag is computed from."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from shared.runtime.facts import Refused
from shared.runtime.looking import applied
from shared.runtime.seen_logs import all_kept
from shared.trust.access import Thing
from shared.web.calls import Seen
from shared.web.problems import responses

router = APIRouter(tags=["operations"])


class Written(BaseModel):
    topic: str
    lane: int
    last: int = Field(description="The last number written to the outbox.")


class Applied(BaseModel):
    sender: str
    topic: str
    lane: int
    number: int = Field(description="The last number applied from this sender's lane.")
    id: str | None = Field(None, description="The id of that message, where it is still kept.")


class Witnessed(BaseModel):
    service: str
    note: str = Field(description="The checkpoint seen last of its audit log (C2SP), cosigned.")


class Positions(BaseModel):
    written: list[Written]
    applied: list[Applied]
    witnessed: list[Witnessed] = Field([], description="What this service keeps as a witness.")


@router.get("/positions", responses=responses(403))
def see_positions(call: Seen) -> Positions:
    """A receiver is up to date where its `applied` equals the sender's `written`."""
    own = Thing("Service", {"name": call.store.service.name})
    if not call.acting.may("SeePositions", own):
        raise call.refused(
            Refused(
                "whoever-works-with-a-service-sees-how-far-it-is",
                "How far this service is, is not for your role.",
                "Ask the coordinator, if something seems to be missing.",
                "authority",
            ),
            "positions",
            "the positions",
        )
    written = call.store.rows("SELECT topic, lane, last FROM lanes ORDER BY topic, lane")
    return Positions(
        written=[Written.model_validate(row) for row in written],
        applied=[Applied.model_validate(row) for row in applied(call.store)],
        witnessed=[Witnessed(service=name, note=note) for name, note in all_kept(call.store)],
    )
