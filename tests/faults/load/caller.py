"""One operator's client that gives up nothing: the same key again until there is an answer."""

import time
import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NamedTuple

import httpx

from tests.faults.load.journal import Journal, Told

_PATIENCE = 90.0
_PAUSE = 0.05
Token = Mapping[str, tuple[str, str]]
"""Operator -> organisation and token."""


class _Asked(NamedTuple):
    url: str
    token: str
    body: Mapping[str, Any] | None
    ends: float


@dataclass(frozen=True)
class Caller:
    """A thread's own client; `services`: name -> address; `who`: whose tokens it has."""

    http: httpx.Client
    services: Mapping[str, str]
    who: Token
    journal: Journal

    def post(  # noqa: PLR0917  # a command, of whom, where, and what it must leave behind
        self,
        operator: str,
        service: str,
        path: str,
        fact: str,
        body: Mapping[str, Any] | None = None,
        stream: str = "",
    ) -> str:
        """Put a command until it is acknowledged, and write that down. Returns the answer's id.

        A refusal is an answer, and final under its key: what rests on facts that were not heard
        yet is tried again under another.
        """
        ends = time.monotonic() + _PATIENCE
        asked = _Asked(self.services[service] + path, self.who[operator][1], body, ends)
        while True:
            key = uuid.uuid4().hex
            answer = self._answered(asked, key)
            if answer.is_success:
                break
            assert time.monotonic() < ends, f"{path.rpartition('/')[2]}: {answer.json()['rule']}"
            time.sleep(_PAUSE)
        told = answer.json()
        at = stream or told["id"]
        scope = f"{self.who[operator][0]}/{operator}"
        self.journal.write(Told(service, scope, key, at, fact, told["id"], told["version"]))
        return str(told["id"])

    def _answered(self, asked: _Asked, key: str) -> httpx.Response:
        """Again under the same key where no answer came, or a 5xx: whether it had its effect is
        not known."""
        headers = {"Authorization": f"Bearer {asked.token}", "Idempotency-Key": key}
        while True:
            with suppress(httpx.TransportError):
                answer = self.http.post(asked.url, json=asked.body, headers=headers)
                if answer.status_code < 500:
                    return answer
            assert time.monotonic() < asked.ends, "a service does not answer any more"
            time.sleep(_PAUSE)
