"""How far a service has written and heard, in numbers per lane: what lag is computed from."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from shared.runtime.looking import applied
from shared.runtime.seen_logs import all_kept
from shared.web.calls import Seen

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


@router.get("/positions")
def positions(call: Seen) -> Positions:
    """A receiver is up to date where its `applied` equals the sender's `written`."""
    written = call.store.rows("SELECT topic, lane, last FROM lanes ORDER BY topic, lane")
    return Positions(
        written=[Written.model_validate(row) for row in written],
        applied=[Applied.model_validate(row) for row in applied(call.store)],
        witnessed=[Witnessed(service=name, note=note) for name, note in all_kept(call.store)],
    )
