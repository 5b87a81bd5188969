"""A span around each request: its method, its route's template, its status, and nothing of it.

Written by hand because the ready-made instrumentation tells addresses, queries and clients. A
`traceparent` that comes from outside is not taken over: its digits would be a stranger's words.
"""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.runtime.spans import SERVING, named, span, tell


class Spanned:
    """ASGI middleware: nothing where nobody traces."""

    def __init__(self, app: ASGIApp, service: str) -> None:
        self._app, self._service = app, service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def answered(message: Message) -> None:
            if message["type"] == "http.response.start":
                tell(status=message["status"])
            await send(message)

        with span("HTTP", SERVING, service=self._service):
            await self._app(scope, receive, answered)
            if route := scope.get("route"):
                # Only now is it known to be one of ours, and so is the method.
                tell(method=scope["method"], route=route.path_format)
                named(f"{scope['method']} {route.path_format}")
