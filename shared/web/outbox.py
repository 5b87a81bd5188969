"""A service's outbox over HTTP, for receivers that notice a gap."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field

from shared.contracts.envelope import readers_of
from shared.runtime.facts import Refused
from shared.runtime.message import Message
from shared.runtime.outbox import StoreOutbox
from shared.trust.access import Thing
from shared.web.calls import Reading, Seen
from shared.web.problems import responses

router = APIRouter(prefix="/outbox", tags=["operations"])
MOST = 1_000
LAST = 2**63 - 1  # no store counts further
Topic = Annotated[
    str,
    Path(pattern=r"^[a-z0-9.-]{1,100}$", description="A topic that this service writes."),
]


class Head(BaseModel):
    lane: int
    last: int = Field(description="The last number written; 0 where there is none.")


@router.get("/{topic}", responses=responses(403, 404))
def see_outbox_heads(topic: Topic, call: Seen) -> list[Head]:
    """How far each lane of a topic was written."""
    _hears(call, "SeeOutboxHeads", topic)
    found = StoreOutbox(call.store).heads(topic)
    return [Head(lane=lane, last=last) for lane, last in sorted(found.items())]


@router.get("/{topic}/{lane}", responses=responses(403, 404))
def see_outbox_rows(
    topic: Topic,
    lane: Annotated[int, Path(ge=0, le=1_000_000)],
    call: Seen,
    after: Annotated[int, Query(ge=0, le=LAST, description="Numbers above this one.")] = 0,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 200,
) -> list[Message]:
    """The rows of a lane after a number, in order and without gaps."""
    _hears(call, "SeeOutboxRows", topic)
    return list(StoreOutbox(call.store).rows(topic, lane, after, limit))


def _hears(call: Reading, action: str, topic: str) -> None:
    """As the broker's ACLs: the observatory reads contributions and nothing else."""
    if not call.acting.may(action, Thing("Topic", {"readers": readers_of(topic)})):
        raise call.refused(
            Refused(
                "a-service-reads-what-it-hears",
                "This topic is not for you.",
                "Only the services that hear a topic read its outbox.",
                "authority",
            ),
            "outbox",
            "the outbox",
        )
