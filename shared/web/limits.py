"""A body that is too large is refused: unread where it declares its length, else on the way.

FastAPI's own limit answers a declared length in plain text, where every refusal of ours is a
problem document; and it answers before any middleware of ours is asked.
"""

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.web.problems import http_problem


class BodyLimit:
    """ASGI middleware: 413 where a body has, or declares, more than `limit` bytes."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self._app, self._limit = app, limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif self._declares_too_much(dict(scope["headers"])):
            await http_problem(413)(scope, receive, send)
        else:
            await self._app(scope, self._counted(receive), send)

    def _declares_too_much(self, headers: dict[bytes, bytes]) -> bool:
        declared = headers.get(b"content-length", b"0").lstrip(b"0")
        if not declared.isdigit():
            return False
        # A number of a thousand digits is not worth reading, and Python would not read it.
        return len(declared) > len(str(self._limit)) or int(declared) > self._limit

    def _counted(self, receive: Receive) -> Receive:
        taken = 0

        async def receive_within_the_limit() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self._limit:
                raise HTTPException(413)
            return message

        return receive_within_the_limit
