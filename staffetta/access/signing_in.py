"""`/session`: signing in with a local account, and out again. On loopback only."""

import math
from collections.abc import Callable
from datetime import datetime

from fastapi.security.utils import get_authorization_scheme_param
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from shared.web.problems import http_problem, problem
from staffetta.access.attempts import TooSoon
from staffetta.access.sessions import NotLetIn, Sessions

_MOST_BYTES = 4096
FRESH = {"Cache-Control": "no-store"}
_HERE = {"127.0.0.1", "localhost", "::1"}
_SIGN_IN = "Send operator, password and the present one-time code as JSON to POST /session."


class SignIn(BaseModel):
    """Who wants to come in, and both proofs."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)
    operator: str = Field(max_length=100)
    password: SecretStr = Field(max_length=200)
    code: SecretStr = Field(max_length=20)


def session_route(sessions: Sessions, now: Callable[[], datetime]) -> Route:
    """POST: 201 with a token for `Authorization: Bearer …`; DELETE with that token: 204."""

    async def answered(request: Request) -> Response:
        if not is_here(request):
            return http_problem(404)
        if request.method == "DELETE":
            return await run_in_threadpool(_ended, sessions, request)
        if request.headers.get("content-type", "").partition(";")[0] != "application/json":
            return http_problem(415)
        body = bytearray()
        async for part in request.stream():
            body += part
            if len(body) > _MOST_BYTES:
                return http_problem(413)
        try:
            asked = SignIn.model_validate_json(bytes(body))
        except ValidationError:
            return problem(
                422, "the-request-can-be-read", "The request does not say what is needed.", _SIGN_IN
            )
        return await run_in_threadpool(_begun, sessions, asked, now())

    return Route("/session", answered, methods=["POST", "DELETE"])


def _begun(sessions: Sessions, asked: SignIn, now: datetime) -> Response:
    try:
        token = sessions.begin(
            asked.operator,
            asked.password.get_secret_value(),
            asked.code.get_secret_value().replace(" ", ""),
            now,
        )
    except TooSoon as early:
        seconds = math.ceil(early.seconds)
        return problem(
            429,
            "after-failures-an-attempt-waits",
            "Too many attempts to sign in have failed.",
            f"Try again in {seconds} seconds; the wait doubles with each further failure.",
            headers={"Retry-After": str(seconds), **FRESH},
        )
    except NotLetIn:
        return problem(
            401,
            "who-acts-is-known",
            "Operator, password and code do not belong together.",
            "Look at each of them; a code is good once. `staffetta account password` and"
            " `staffetta account totp` set them anew.",
            headers={"WWW-Authenticate": "Bearer", **FRESH},
        )
    told = {"token": token, "idle_seconds": int(sessions.idle.total_seconds())}
    return JSONResponse(told, 201, FRESH)


def _ended(sessions: Sessions, request: Request) -> Response:
    if sessions.end(token_in(request)):
        return Response(status_code=204, headers=FRESH)
    return no_session()


def is_here(request: Request) -> bool:
    """Else a page of a stranger's site whose name was made to mean this machine (DNS rebinding)."""
    return request.url.hostname in _HERE


def token_in(request: Request) -> str:
    """The bearer's token, or none."""
    scheme, token = get_authorization_scheme_param(request.headers.get("Authorization"))
    return token if scheme.lower() == "bearer" else ""


def no_session() -> Response:
    return problem(
        401,
        "who-acts-is-known",
        "There is no such session, or it has ended.",
        _SIGN_IN,
        headers={"WWW-Authenticate": "Bearer", **FRESH},
    )
