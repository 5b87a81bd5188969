"""The door: who comes without a valid token is turned away before anything else is read.

A route's own dependencies would come too late: its body is read and parsed before them.
"""

from collections.abc import Callable, Collection

from fastapi.security.utils import get_authorization_scheme_param
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.runtime.clock import ClockWrong
from shared.runtime.metrics import STRANGERS
from shared.trust.tokens import Bearer, NoToken, ProviderAway
from shared.web.health import LIVE, READY
from shared.web.problems import problem, wrong_clock

SERVICE_ROLE = "service"
# What a service is, and whether it is well, anybody may know.
OPEN = frozenset({"/openapi.json", LIVE, READY})


class Door:
    """ASGI middleware: 401 without a valid token; `who(request)` is who came in. `certified`: a
    service comes only over a connection whose certificate names it, whatever its token says."""

    def __init__(
        self,
        app: ASGIApp,
        read_token: Callable[[str], Bearer],
        service: str,
        *,
        certified: bool = False,
        open_to_anybody: Collection[str] = (),
    ) -> None:
        self._app, self._read_token, self._service = app, read_token, service
        self._certified, self._open = certified, OPEN | frozenset(open_to_anybody)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or _address(scope) in self._open:
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("Authorization")
        scheme, token = get_authorization_scheme_param(given)
        if scheme.lower() != "bearer":
            token = ""
        try:
            # Beside the other requests: a provider's keys may have to be fetched first.
            bearer = await run_in_threadpool(self._read_token, token)
        except NoToken as error:
            STRANGERS.labels(self._service).inc()
            because = f"The token is {error.reason}." if token else "There is no token."
            await _turned_away(because, known=bool(token))(scope, receive, send)
            return
        except (ProviderAway, ClockWrong) as why:
            answer = wrong_clock() if isinstance(why, ClockWrong) else _cannot_tell()
            await answer(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        asks = self._certified and SERVICE_ROLE in bearer.roles
        if asks and bearer.operator not in state.get("peer", ()):
            STRANGERS.labels(self._service).inc()
            await _uncertified()(scope, receive, send)
            return
        state["bearer"] = bearer
        await self._app(scope, receive, send)


def who(request: Request) -> Bearer:
    """Whom the door let in."""
    bearer: Bearer = request.state.bearer
    return bearer


def _address(scope: Scope) -> str:
    """The path within this service, wherever it is mounted."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", ""))


def _uncertified() -> ASGIApp:
    return problem(
        403,
        "a-service-shows-its-certificate",
        "This connection does not show the certificate of the service that the token names.",
        "Services ask each other directly, each with its own certificate.",
    )


def _cannot_tell() -> ASGIApp:
    return problem(
        503,
        "who-acts-is-known",
        "The provider of tokens does not answer, and its keys here are too old to be used.",
        "Send the same request with the same idempotency key again in a while.",
        headers={"Retry-After": "30"},
    )


def _turned_away(because: str, *, known: bool) -> ASGIApp:
    return problem(
        401,
        "who-acts-is-known",
        because,
        "Send `Authorization: Bearer …` with a token that is valid now.",
        # RFC 6750, 3.1: what is wrong is said of a token that was given.
        headers={"WWW-Authenticate": 'Bearer error="invalid_token"' if known else "Bearer"},
    )
