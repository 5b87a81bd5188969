"""Clients that post contacts while the service is killed under them."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

PATIENCE = 60.0
CONTACT = {"channel": "hotline", "received_on": "2026-01-31", "area": "IT-BO", "language": "sq"}


@dataclass
class Posted:
    """What the clients sent, by idempotency key, and what they were told."""

    address: str
    token: str
    told: dict[str, str] = field(default_factory=dict)
    untold: list[str] = field(default_factory=list)
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _up: threading.Event = field(default_factory=threading.Event)
    _over: bool = False

    def client(self, number: int) -> None:
        """Post contacts until it is over. A request without an answer is noted, not repeated."""
        with httpx.Client(base_url=self.address, timeout=PATIENCE) as http:
            sent = 0
            while self._up.wait(PATIENCE) and not self._over:
                sent += 1
                self.post(http, f"client-{number}-{sent}")

    def post(self, http: httpx.Client, key: str) -> None:
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": key}
        body: Mapping[str, Any] = {**CONTACT, "callback": f"desk {key}"}
        try:
            answer = http.post("/identification/contacts", json=body, headers=headers)
        except httpx.TransportError:
            with self._changed:
                self.untold.append(key)
            return
        assert answer.status_code == 201, answer.status_code
        with self._changed:
            assert self.told.setdefault(key, answer.json()["id"]) == answer.json()["id"]
            self._changed.notify_all()

    def up(self) -> None:
        self._up.set()

    def down(self) -> None:
        self._up.clear()

    def over(self) -> None:
        self._over = True
        self._up.set()

    def wait_for_more(self, further: int) -> None:
        """Until so many more contacts were acknowledged."""
        with self._changed:
            wanted = len(self.told) + further
            assert self._changed.wait_for(lambda: len(self.told) >= wanted, PATIENCE)
