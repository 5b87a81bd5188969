"""A service behind its real HTTP, for one test: real store, real tokens, a clock to be set."""

import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from joserfc.jwk import OKPKey

from shared.runtime.store import Service, Store
from shared.trust.tokens import Bearer, issue, read
from shared.web.calls import Edge
from tests.support.stores import open_store


@dataclass
class Clock:
    """Stands still until it is moved."""

    now: datetime = field(default_factory=lambda: datetime(2026, 3, 8, 21, 30, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Web:
    """A service's HTTP: `post` and `get` as an operator of an organisation in some roles."""

    store: Store
    client: TestClient
    key: OKPKey
    clock: Clock

    def token(
        self, organisation: str, *roles: str, operator: str = "op-1", factors: Collection[str] = ()
    ) -> str:
        """`factors`: how they have proved just now who they are; else nobody says."""
        at = self.clock() if factors else None
        bearer = Bearer(operator, organisation, frozenset(roles), at, frozenset(factors))
        return issue(self.key, bearer, self.clock(), timedelta(hours=1))

    def post(
        self,
        path: str,
        body: Mapping[str, Any],
        token: str,
        key: str | None = None,
        **headers: str,
    ) -> Response:
        given = {"Authorization": f"Bearer {token}", "Idempotency-Key": key or uuid.uuid4().hex}
        return self.client.post(path, json=body, headers=given | headers)

    def get(self, path: str, token: str) -> Response:
        return self.client.get(path, headers={"Authorization": f"Bearer {token}"})


def serve(kind: str, service: Service, app: Callable[[Edge], FastAPI], directory: Path) -> Web:
    """The service on a new store of one kind."""
    store, clock = open_store(kind, service, directory), Clock()
    key = OKPKey.generate_key("Ed25519")
    edge = Edge(store, lambda token: read(key, token, clock), clock, lambda: uuid.uuid4().hex)
    client = TestClient(app(edge), raise_server_exceptions=False)
    return Web(store, client, key, clock)
