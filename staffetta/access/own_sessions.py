"""`/sessions`: an operator's own sessions, to be looked at and ended. On loopback only."""

from collections.abc import Callable, Sequence
from datetime import datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from shared.trust.step_up import proof_of, proved_anew
from shared.trust.tokens import NoToken
from shared.web.problems import http_problem, problem
from staffetta.access.sessions import Sessions
from staffetta.access.signing_in import FRESH, is_here, no_session, token_in


def own_sessions_routes(sessions: Sessions, now: Callable[[], datetime]) -> Sequence[Route]:
    """With a session's token: GET /sessions lists its operator's; DELETE /sessions ends them all,
    and DELETE /sessions/{id} one. Ending wants a sign-in of the last five minutes: who found a
    session open does not throw its owner out (OWASP ASVS 5.0, 7.5.2)."""

    def answered(request: Request) -> Response:
        if not is_here(request):
            return http_problem(404)
        token, at = token_in(request), now()
        try:
            bearer = sessions.read(token, at)
        except NoToken:
            return no_session()
        if request.method != "DELETE":
            told = [line.told(token) for line in sessions.of(bearer.operator, at)]
            return JSONResponse({"sessions": told}, 200, FRESH)
        if not proved_anew(proof_of(bearer.authenticated_at, bearer.factors), at):
            return _stale()
        return _ended(sessions, bearer.operator, request.path_params.get("id"))

    return [
        Route("/sessions", answered, methods=["GET", "DELETE"]),
        Route("/sessions/{id}", answered, methods=["DELETE"]),
    ]


def _ended(sessions: Sessions, operator: str, session: str | None) -> Response:
    if sessions.end_own(operator, session) or session is None:
        return Response(status_code=204, headers=FRESH)
    return problem(
        404,
        "a-session-that-is-ended-is-ones-own",
        "You have no such session, or it has ended.",
        "GET /sessions lists those that you have.",
        headers=FRESH,
    )


def _stale() -> Response:
    return problem(
        403,
        "sessions-are-ended-on-fresh-proof",
        "You have not signed in within the last five minutes.",
        "Sign in again at /session, and send this with the new token.",
        headers=FRESH,
    )
