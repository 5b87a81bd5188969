"""Every refusal as application/problem+json (RFC 9457), which never repeats what was sent."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from shared.runtime import forgetting
from shared.runtime.clock import ClockWrong
from shared.runtime.facts import RefusalKind, Refused
from shared.runtime.hold import Held, Hold
from shared.runtime.log import log
from shared.trust.kek import OutOfReach
from shared.trust.keys import DestroyedKey

MEDIA_TYPE = "application/problem+json"
_STATUS: Mapping[RefusalKind, int] = {
    "authority": 403,
    "missing": 404,
    "state": 409,
    "stale": 412,
    "content": 422,
}


class FieldFault(BaseModel):
    field: str = Field(description="Where in the request, as in `body.recipient`.")
    rule: str = Field(description="What is expected there.")


class Problem(BaseModel):
    """A refusal: which rule said no, in words, and what to do next."""

    type: str = Field(examples=["urn:staffetta:rule:only-the-receiver-may-accept"])
    title: str = Field(description="Why, in one sentence.")
    status: int
    detail: str = Field(description="What to do next.")
    rule: str = Field(description="The rule's stable name.")
    faults: list[FieldFault] = Field(default=[], description="For a request that cannot be read.")


def problem(  # noqa: PLR0913  # a problem document has so many parts
    status: int,
    rule: str,
    because: str,
    instead: str,
    *,
    faults: Sequence[FieldFault] = (),
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    body = Problem(
        type=f"urn:staffetta:rule:{rule}",
        title=because,
        status=status,
        detail=instead,
        rule=rule,
        faults=list(faults),
    )
    return JSONResponse(body.model_dump(), status, dict(headers or {}), MEDIA_TYPE)


class Turned(Exception):
    """Turned away at the door, before any rule of the domain is asked."""

    def __init__(self, status: int, rule: str, because: str, instead: str) -> None:
        super().__init__(because)
        self.answer = problem(status, rule, because, instead)


def held(hold: Hold) -> Turned:
    """A command while the service must not write; reads go on."""
    return Turned(
        503,
        "what-others-saw-is-not-overwritten",
        f"This service was restored, and does not take commands yet: {hold.words}.",
        "Its operator looks with `staffetta lost list` and decides with `staffetta lost accept`;"
        " then send the same request with the same idempotency key.",
    )


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The refusals of a route, for its OpenAPI description."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": _WORDS[status], "content": content} for status in statuses}


_WORDS = {
    400: "A header is missing or malformed.",
    401: "The token is missing, forged or expired.",
    403: "A rule of authority says no.",
    404: "There is no such thing here, or it is not yours to see.",
    409: "Not possible in the present state.",
    412: "It has changed since you looked (If-Match).",
    413: "The body is larger than 256 KiB.",
    415: "The body is not sent as JSON.",
    422: "The request does not say what is needed.",
    429: "Too many questions came from this address.",
    503: "The service may not write yet after a restore, or cannot reach its keys.",
}


def install_problems(app: FastAPI) -> None:
    """Make every way out of the application a problem document."""
    app.exception_handler(Refused)(_refused)
    app.exception_handler(DestroyedKey)(_destroyed)
    app.exception_handler(OutOfReach)(_out_of_reach)
    app.exception_handler(ClockWrong)(_clock_wrong)
    app.exception_handler(Turned)(_turned)
    app.exception_handler(Held)(_held)
    app.exception_handler(RequestValidationError)(_unreadable)
    app.exception_handler(HTTPException)(_http)
    app.exception_handler(Exception)(_broken)


async def _refused(_request: Request, refusal: Refused) -> JSONResponse:
    status = _STATUS[refusal.kind]
    return problem(status, refusal.rule, refusal.because, refusal.instead)


async def _destroyed(request: Request, _error: DestroyedKey) -> JSONResponse:
    return await _refused(request, forgetting.refused())


async def _out_of_reach(_request: Request, _error: OutOfReach) -> JSONResponse:
    """Its own words are for who looks after the service: `/health/ready` says them."""
    return problem(
        503,
        "nothing-personal-without-its-key",
        "The keys that protect personal data cannot be reached, and nothing was done.",
        "Send the same request with the same idempotency key in a moment; where it lasts, tell"
        " whoever looks after the service.",
    )


async def _clock_wrong(_request: Request, _error: ClockWrong) -> JSONResponse:
    return wrong_clock()


def wrong_clock() -> JSONResponse:
    """At the door already: nobody can say by a wrong clock whether a token is still good."""
    return problem(
        503,
        "nothing-is-dated-by-a-wrong-clock",
        "The clocks of this service and of its database are more than a minute apart, and nothing"
        " was done.",
        "Send the same request with the same idempotency key in a while; where it lasts, tell"
        " whoever looks after the service.",
        headers={"Retry-After": "30"},
    )


async def _turned(_request: Request, error: Turned) -> JSONResponse:
    return error.answer


async def _held(_request: Request, error: Held) -> JSONResponse:
    return held(error.hold).answer


async def _unreadable(_request: Request, error: RequestValidationError) -> JSONResponse:
    if isinstance(error.body, bytes):  # what was not sent as JSON was not parsed
        return http_problem(415)
    return problem(
        422,
        "the-request-can-be-read",
        "The request does not say what is needed.",
        "Mend the named fields and send it again.",
        faults=[FieldFault(field=_where(fault), rule=_words(fault)) for fault in error.errors()],
    )


def _where(fault: Mapping[str, Any]) -> str:
    """The place of a fault. An unknown field's name is the sender's own word: it stays out."""
    place = fault["loc"][:-1] if fault["type"] in _ENDS_OTHERWISE else fault["loc"]
    return ".".join("[]" if isinstance(step, int) else str(step) for step in place)


# The end of their place is the name of an unknown field, and an offset in the body.
_ENDS_OTHERWISE = {"extra_forbidden", "json_invalid"}


def _words(fault: Mapping[str, Any]) -> str:
    if fault["type"] == "extra_forbidden":
        return "A field here is not known to this request."
    if fault["type"] == "json_invalid":
        return "The body must be well-formed JSON."
    return str(fault["msg"])


async def _http(_request: Request, error: HTTPException) -> JSONResponse:
    return http_problem(error.status_code, error.headers)


BY_HTTP: Mapping[Any, Any] = {HTTPException: _http}
"""For an application without routes of ours: what no code of it was reached by is told alike."""


def http_problem(status: int, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """A refusal of HTTP itself: no such address, no such method, a body too large."""
    rule, because, instead = _HTTP.get(status, _HTTP[400])
    return problem(status, rule, because, instead, headers=headers)


_HTTP = {
    400: ("the-request-can-be-read", "The request cannot be read.", "See /openapi.json."),
    404: ("the-address-exists", "There is nothing at this address.", "See /openapi.json."),
    413: (
        "a-request-is-at-most-256-kib",
        "The body is larger than 256 KiB.",
        "Send less at once; long documents are not kept here.",
    ),
    415: (
        "a-body-is-sent-as-json",
        "The body is not sent as JSON.",
        "Send it with `Content-Type: application/json`.",
    ),
    405: ("the-method-exists", "This address does not take that method.", "See /openapi.json."),
}


async def _broken(_request: Request, error: Exception) -> JSONResponse:
    # The text of an unforeseen error may hold what was sent: only its type is told.
    log().error("broken", error=type(error).__name__)
    return problem(
        500,
        "the-service-works",
        "Something went wrong here, and was noted.",
        "Send the same request with the same idempotency key again: it has its effect once.",
    )
