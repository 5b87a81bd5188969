"""All four services behind one address on loopback, each under its own path."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from ipaddress import ip_address
from typing import Literal

import uvicorn
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.routing import Mount, Route
from starlette.types import ASGIApp

from shared.web.health import Health, health_routes
from shared.web.problems import BY_HTTP
from shared.web.welcome import welcome
from staffetta.access.own_sessions import own_sessions_routes
from staffetta.access.signing_in import session_route
from staffetta.four import FOUR
from staffetta.installation import Installation

HOST = "127.0.0.1"


class PortTaken(Exception):
    """Somebody else listens there."""


class NotOnLoopback(Exception):
    """Local accounts are for this machine alone: elsewhere nothing hides what is sent."""


def together(installation: Installation) -> Starlette:
    """One application with the four mounted: /identification, /referral, and so on."""
    edges = {part.name: installation.edge(part) for part in FOUR}
    apps: dict[str, FastAPI] = {part.name: part.app(edges[part.name]) for part in FOUR}
    first = Route("/", welcome({part.name: part.service.about for part in FOUR}))
    checks = {
        f"{name}: {about}": check
        for name, edge in edges.items()
        for about, check in edge.ready().items()
    }
    health = health_routes(Health(checks))
    return Starlette(
        routes=[
            first,
            *health,
            session_route(installation.sessions, installation.clock),
            *own_sessions_routes(installation.sessions, installation.clock),
            *(Mount(f"/{name}", app) for name, app in apps.items()),
        ],
        exception_handlers=BY_HTTP,
    )


def reusable() -> socket.socket:
    """A TCP socket to listen with. The protocol is named, since asyncio switches Nagle's algorithm
    off for no other: each answer's body would wait 40 ms for the acknowledgement of its head."""
    made = socket.socket(proto=socket.IPPROTO_TCP)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    return made


def listening(port: int) -> socket.socket:
    """A socket that listens on loopback; port 0 takes a free one. Raises `PortTaken`.

    It listens at once: two that were only bound to a port could both believe that it is theirs.
    """
    taken = reusable()
    try:
        taken.bind((HOST, port))
        taken.listen()
    except (OSError, OverflowError):
        taken.close()
        raise PortTaken from None
    return taken


def free_or(port: int) -> socket.socket:
    """The wished port, or any free one where it is taken."""
    try:
        return listening(port)
    except PortTaken:
        return listening(0)


@contextlib.contextmanager
def served(installation: Installation, where: socket.socket) -> Iterator[str]:
    """Serve while this lasts; gives the address. Raises `NotOnLoopback`."""
    if not ip_address(where.getsockname()[0]).is_loopback:
        raise NotOnLoopback
    with in_a_thread(together(installation), where) as address:
        yield address


@contextlib.contextmanager
def in_a_thread(
    app: ASGIApp, where: socket.socket, *, lifespan: Literal["on", "off"] = "off"
) -> Iterator[str]:
    """An application on a socket of this machine while this lasts; gives the address. `lifespan`:
    whether it is told of its beginning and end (ASGI)."""
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan=lifespan,
        server_header=False,
        timeout_graceful_shutdown=10,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [where]}, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        thread.join(0.01)
    try:
        yield f"http://{HOST}:{where.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=15)
