"""A body that declares itself too large is refused before a byte of it is read.

FastAPI's own limit counts the bytes of those that declare nothing; its answer to a declared
length is plain text, where every refusal of ours is a problem document.
"""

from starlette.types import ASGIApp, Receive, Scope, Send

from shared.web.problems import http_problem


class DeclaredLimit:
    """ASGI middleware: 413 where Content-Length is above `limit` bytes."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self._app, self._limit = app, limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        declared = dict(scope.get("headers", [])).get(b"content-length", b"0")
        if scope["type"] == "http" and declared.isdigit() and int(declared) > self._limit:
            await http_problem(413)(scope, receive, send)
            return
        await self._app(scope, receive, send)
