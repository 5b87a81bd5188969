"""HTTP for retention."""

from fastapi import APIRouter

from services.identification.retention.commands import SetRetention
from services.identification.retention.decide import RETENTION, STREAM
from shared.web.calls import Asked, Receipt
from shared.web.problems import responses

router = APIRouter(tags=["retention"])


@router.post("/retention", responses=responses(400, 403, 409, 412, 503))
def set_retention(command: SetRetention, call: Asked) -> Receipt:
    """Say what must be kept, and what is held for a court (the coordinator only)."""
    return call.handle(RETENTION, STREAM, command)
