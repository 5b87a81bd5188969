"""An operator's view of the four services, over HTTP."""

import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

# Three hops take milliseconds; a minute covers a machine that does much else.
_PATIENCE_SECONDS = 60.0


class StepFailed(Exception):
    """A step did not have the effect that it should have had."""


@dataclass(frozen=True)
class Network:
    """The services behind one address, and how an operator gets a token."""

    http: httpx.Client
    token: Callable[[str], str]

    def post(
        self, operator: str, path: str, body: Mapping[str, Any] | None = None, expect: int = 200
    ) -> dict[str, Any]:
        """Put a command as an operator; `StepFailed` where the status is another."""
        headers = {**self._as(operator), "Idempotency-Key": uuid.uuid4().hex}
        told: dict[str, Any] = self._asked("POST", path, expect, headers, body)
        return told

    def get(self, operator: str, path: str, expect: int = 200) -> Any:
        return self._asked("GET", path, expect, self._as(operator))

    def all_have_heard(self, operator: str) -> None:
        """Wait until every service has applied what those it hears have written."""
        ends = time.monotonic() + _PATIENCE_SECONDS
        while behind := self._behind(operator):
            if time.monotonic() > ends:
                raise StepFailed(f"{behind} messages were not heard in time")
            time.sleep(0.01)

    def _behind(self, operator: str) -> int:
        names = ("identification", "referral", "assistance", "observatory")
        seen = {name: self.get(operator, f"/{name}/positions") for name in names}
        last = {
            (name, line["topic"], line["lane"]): line["last"]
            for name in names
            for line in seen[name]["written"]
        }
        applied = {
            (name, line["sender"], line["topic"], line["lane"]): line["number"]
            for name in names
            for line in seen[name]["applied"]
        }
        return sum(
            number - applied.get((reader, *lane), 0)
            for reader, sender, topic in _HEARS
            for lane, number in last.items()
            if lane[:2] == (sender, topic)
        )

    def _asked(
        self,
        method: str,
        path: str,
        expect: int,
        headers: Mapping[str, str],
        body: Mapping[str, Any] | None = None,
    ) -> Any:
        try:
            answer = self.http.request(method, path, json=body, headers=headers)
            told = answer.json()
        except (httpx.TransportError, ValueError):
            raise StepFailed("the service did not answer in its own words") from None
        if answer.status_code != expect:
            rule = told.get("rule", "") if isinstance(told, dict) else ""
            raise StepFailed(f"expected {expect}, got {answer.status_code} {rule}".rstrip())
        return told

    def _as(self, operator: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token(operator)}"}


# Who hears whom, as an outside observer knows it from the design, section 1.
_HEARS = (
    ("identification", "referral", "staffetta.referral.events"),
    ("identification", "assistance", "staffetta.assistance.events"),
    ("referral", "identification", "staffetta.identification.events"),
    ("referral", "assistance", "staffetta.assistance.events"),
    ("assistance", "referral", "staffetta.referral.events"),
    ("assistance", "identification", "staffetta.identification.events"),
    ("observatory", "identification", "staffetta.statistics.contributions"),
)


def must(met: bool, what: str) -> None:
    """A check of a step's effect."""
    if not met:
        raise StepFailed(f"not so: {what}")
