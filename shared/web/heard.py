"""What a service heard of another, for that other: what it lost can be given back."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from shared.runtime.facts import Refused
from shared.runtime.heard import kept
from shared.runtime.message import Message
from shared.trust.access import Thing
from shared.web.calls import Seen
from shared.web.outbox import LAST, Topic
from shared.web.problems import responses

router = APIRouter(prefix="/heard", tags=["operations"])


@router.get("/{sender}/{topic}/{lane}", responses=responses(403))
def see_heard(
    sender: Annotated[str, Path(pattern=r"^[a-z]{1,40}$", description="Who had sent it.")],
    topic: Topic,
    lane: Annotated[int, Path(ge=0, le=1_000_000)],
    call: Seen,
    after: Annotated[int, Query(ge=0, le=LAST, description="Numbers above this one.")] = 0,
) -> list[Message]:
    """The next messages of a lane that are still kept here, in order."""
    if not call.acting.may("SeeHeard", Thing("Heard", {"sender": sender})):
        raise call.refused(
            Refused(
                "what-was-heard-goes-back-to-its-sender",
                "Somebody else had sent this.",
                "Only the sender itself asks for what it lost.",
                "authority",
            ),
            "heard",
            "what was heard",
        )
    return kept(call.store, sender, topic, lane, after)
