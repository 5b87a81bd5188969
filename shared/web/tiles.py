"""A service's audit log over HTTP: C2SP tlog-tiles' checkpoint and tiles, single entries with
their proof, and what witnesses bring. Nothing of it is for strangers: how a log grows tells of the
people in it."""

import base64
from typing import Annotated

from fastapi import APIRouter, Path, Response
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel, ConfigDict, Field

from shared.runtime.checkpoints import NotAWitness, checkpoint, take_cosignature, verifier_for
from shared.runtime.entries import entry_at
from shared.runtime.facts import Refused
from shared.runtime.seen_logs import keep_shown
from shared.runtime.tree import hashes, nodes
from shared.trust.access import Thing
from shared.trust.notes import NotANote
from shared.trust.proofs import inclusion
from shared.trust.tiles import Tile, tile_at
from shared.web.calls import Reading, Seen
from shared.web.outbox import LAST
from shared.web.problems import responses

router = APIRouter(prefix="/audit", tags=["audit log"])
_STREAM, _WHAT = "audit", "the audit log"
_TEXT = {"text/plain": {"schema": {"type": "string"}}}
_BYTES = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
_TILE = {**responses(403, 404), 200: {"content": _BYTES}}
_PLACE = r"^(x[0-9]{3}/){0,5}[0-9]{3}(\.p/[0-9]{1,3})?$"


class Brought(BaseModel):
    """A witness's cosignature of one of this service's checkpoints."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)
    size: int = Field(ge=0, le=LAST, strict=True)
    line: str = Field(max_length=1_000, description="The signature line (C2SP tlog-cosignature).")
    key: str = Field(max_length=1_000, description="The witness's verifier key.")


class Shown(BaseModel):
    """A checkpoint that this service signed once, kept by a witness."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)
    note: str = Field(max_length=20_000)


class Judged(BaseModel):
    contradicted: bool = Field(description="Whether the log no longer continues it.")


class Proven(BaseModel):
    """An entry of the log, and that it stands there."""

    index: int
    entry: str = Field(description="Its bytes, as they are hashed: ciphertext and pseudonyms.")
    size: int = Field(description="Of the checkpoint that the proof leads to.")
    path: list[str] = Field(description="The audit path (RFC 6962, 2.1.1), base64, lowest first.")


@router.get("/checkpoint", responses={**responses(403, 404), 200: {"content": _TEXT}})
def see_checkpoint(call: Seen) -> PlainTextResponse:
    """How far the log has come (C2SP tlog-checkpoint), with the cosignatures it has."""
    _may(call, "SeeCheckpoint")
    _size, note = _last(call)
    return PlainTextResponse(note)


@router.get("/key", responses={**responses(403), 200: {"content": _TEXT}})
def see_checkpoint_key(call: Seen) -> PlainTextResponse:
    """The verifier key of the checkpoints (C2SP signed-note)."""
    _may(call, "SeeCheckpointKey")
    return PlainTextResponse(f"{verifier_for(call.store)}\n")


@router.get(
    "/tile/{level}/{place:path}", responses={**responses(403, 404), 200: {"content": _BYTES}}
)
def see_tile(
    level: Annotated[int, Path(ge=0, le=7)],
    place: Annotated[str, Path(pattern=_PLACE, description="As in `x001/x234/067.p/8`.")],
    call: Seen,
) -> Response:
    """Up to 256 hashes of a level (C2SP tlog-tiles), as of the last checkpoint."""
    _may(call, "SeeTile")
    size, _note = _last(call)
    asked: Tile | None = tile_at(level, place)
    if asked is None or not asked.within(size):
        raise _none("the-tile-is-within-the-checkpoint", "The last checkpoint has no such tile.")
    return Response(hashes(call.store, asked), media_type="application/octet-stream")


@router.get("/entries/{index}", responses=responses(403, 404))
def see_audit_entry(index: Annotated[int, Path(ge=0, le=LAST)], call: Seen) -> Proven:
    """One entry, with the proof that the last checkpoint includes it. The read is recorded."""
    _may(call, "SeeAuditEntry")
    size, _note = _last(call)
    if index >= size:
        raise _none("the-entry-is-within-the-checkpoint", "The last checkpoint has no such entry.")
    path = inclusion(index, size, nodes(call.store, size))
    told = entry_at(call.store, index).decode()
    call.note(_STREAM, "an entry of the audit log")
    return Proven(
        index=index, entry=told, size=size, path=[base64.b64encode(step).decode() for step in path]
    )


@router.put("/cosignatures", responses=responses(400, 403, 409), status_code=204)
def bring_cosignature(brought: Brought, call: Seen) -> None:
    """Keep a witness's cosignature. The key that comes first under a name stands for it."""
    _may(call, "BringCosignature")
    try:
        who = call.acting.operator
        take_cosignature(call.store, brought.size, brought.line, brought.key, who)
    except NotAWitness as wrong:
        raise Refused(
            "a-cosignature-is-of-our-checkpoint",
            f"This cosignature is not taken: {wrong.why}.",
            "Fetch the last checkpoint, verify that it continues what you saw, and cosign that.",
            "state",
        ) from None


@router.put("/shown", responses=responses(400, 403, 422))
def show_checkpoint(told: Shown, call: Seen) -> Judged:
    """Take a checkpoint that a witness kept. Where the log no longer continues it, the service
    takes no commands until its operator has decided."""
    _may(call, "ShowCheckpoint")
    try:
        contradicted = keep_shown(call.store, told.note)
    except NotANote:
        raise Refused(
            "a-checkpoint-is-signed-by-its-service",
            "This checkpoint was not signed by this service.",
            "Show it to the service that signed it.",
            "content",
        ) from None
    call.store.shown = call.store.shown or contradicted
    return Judged(contradicted=contradicted)


def _may(call: Reading, action: str) -> None:
    """Polls of hashes are not recorded, else each would make the log grow and be polled again."""
    if not call.acting.may(action, Thing("Service", {"name": call.store.service.name})):
        refusal = Refused(
            "the-audit-log-is-for-auditors-and-witnesses",
            "The audit log is not for you to read.",
            "An auditor of the network reads it; your own case's trace is at its own address.",
            "authority",
        )
        raise call.refused(refusal, _STREAM, _WHAT)


def _last(call: Reading) -> tuple[int, str]:
    last = checkpoint(call.store)
    if last is None:
        raise _none("a-checkpoint-was-signed", "No checkpoint was signed yet.")
    return last


def _none(rule: str, because: str) -> Refused:
    return Refused(rule, because, "Read /audit/checkpoint, and ask for what it covers.", "missing")
