"""Whether a process lives, and whether it is ready: what it stands on, each by its name.

Anybody may ask, so that nothing is told here but names of ours and what is wrong in words of ours.
"""

import threading
import time
from collections.abc import Callable, Mapping

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from shared.runtime.store import Store

Check = Callable[[], str]
"""What is wrong, in words without anything secret; empty where all is well."""
LIVE, READY = "/health/live", "/health/ready"
OK = "ok"
_REMEMBERED_SECONDS = 1.0
_UNSEEN = "not looked at yet"


class Health:
    """Asks its checks, one asker at a time and once a second: however many look, they cannot
    take the threads that requests need. Whoever comes meanwhile gets the answer before."""

    def __init__(
        self, checks: Mapping[str, Check], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._checks, self._clock = checks, clock
        self._turn = threading.Lock()
        self._found: Mapping[str, str] = dict.fromkeys(checks, _UNSEEN)
        self._until = float("-inf")

    def look(self) -> Mapping[str, str]:
        """Each check's name with `ok`, or with what is wrong."""
        if self._turn.acquire(blocking=False):
            try:
                if self._clock() >= self._until:
                    self._found = {name: _asked(check) for name, check in self._checks.items()}
                    self._until = self._clock() + _REMEMBERED_SECONDS
            finally:
                self._turn.release()
        return self._found


def health_routes(health: Health) -> list[Route]:
    """`/health/live`: the process answers. `/health/ready`: 200, or 503 with what is wrong."""

    async def live(_request: Request) -> Response:
        return JSONResponse({"status": "live"}, headers=_FRESH)

    async def ready(_request: Request) -> Response:
        found = await run_in_threadpool(health.look)
        well = all(told == OK for told in found.values())
        told = {"status": "ready" if well else "not ready", "checks": dict(found)}
        return JSONResponse(told, 200 if well else 503, _FRESH)

    return [Route(LIVE, live), Route(READY, ready)]


def store_trouble(store: Store) -> str:
    """Whether the store can be read, and is not held after a restore."""
    store.rows("SELECT size FROM audit_head")
    return "others saw more of it than it has: see `staffetta lost list`" if store.hold else ""


_FRESH = {"Cache-Control": "no-store"}


def _asked(check: Check) -> str:
    try:
        return check() or OK
    except Exception as fault:  # whatever it was: its own words may hold more than its kind
        return f"it fails ({type(fault).__name__})"
