"""One address before the four processes: each service under its own path, as in one process."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from shared.web.kept import HEADERS
from shared.web.problems import BY_HTTP, http_problem, problem
from shared.web.welcome import welcome
from staffetta.access.tls import Certified
from staffetta.four import FOUR

_PASSED_ON = ("authorization", "content-type", "idempotency-key", "if-match")
_GIVEN_BACK = ("content-type", "etag", "idempotency-replayed", "retry-after", "www-authenticate")
_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def gateway(services: Mapping[str, str], certified: Certified | None = None) -> Starlette:
    """`services`: name -> base URL. Knows paths and headers, and nothing of what they carry.
    `certified`: its own certificate, and the authority of those that the services must show.

    Whoever serves it lets it begin and end (ASGI's lifespan): it keeps connections open.
    """
    http = httpx.AsyncClient(timeout=60, verify=certified.calling() if certified else True)

    @asynccontextmanager
    async def lifespan(_served: Starlette) -> AsyncIterator[None]:
        async with http:
            yield

    async def pass_on(request: Request) -> Response:
        name = request.path_params["service"]
        if name not in services:
            return http_problem(404)
        # Which service answers is in its certificate, wherever its address leads.
        shown = {"sni_hostname": name} if certified else None
        return await _passed_on(http, services[name], request, shown)

    about = {part.name: part.service.about for part in FOUR}
    return Starlette(
        routes=[
            Route("/", welcome(about)),
            Route("/{service}/{path:path}", pass_on, methods=_METHODS),
        ],
        lifespan=lifespan,
        exception_handlers=BY_HTTP,
    )


async def _passed_on(
    http: httpx.AsyncClient, service: str, request: Request, extensions: dict[str, str] | None
) -> Response:
    url = httpx.URL(f"{service}/{request.path_params['path']}")
    try:
        answer = await http.request(
            request.method,
            url.copy_with(query=request.url.query.encode()),
            headers={key: request.headers[key] for key in _PASSED_ON if key in request.headers},
            content=await request.body(),
            extensions=extensions,
        )
    except httpx.TransportError:
        return _away()
    given = {key: answer.headers[key] for key in _GIVEN_BACK if key in answer.headers}
    return Response(answer.content, answer.status_code, given | HEADERS)


def _away() -> Response:
    return problem(
        503,
        "the-service-answers",
        "This service does not answer just now.",
        "Send the same request with the same idempotency key again: it has its effect once.",
    )
