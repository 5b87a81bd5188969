"""A service whose clock is set wrong under it: it answers nobody until it is right again."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from joserfc.jwk import OKPKey

from services.identification.app import SERVICE, app
from shared.runtime.clock import agreed, clock_trouble
from shared.trust.tokens import read
from shared.web.calls import Edge
from tests.support.stores import open_store
from tests.support.web import Clock, Web
from tests.web.asking import INTAKE, hotline, problem

DAY = timedelta(days=1)


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    """On PostgreSQL, whose server says how late it is."""
    store, clock = open_store("postgres", SERVICE, tmp_path), Clock(datetime.now(UTC))
    key, now = OKPKey.generate_key("Ed25519"), agreed(store, clock)
    edge = Edge(
        store,
        lambda token: read(key, token, now),
        now,
        lambda: uuid.uuid4().hex,
        {"clock": lambda: clock_trouble(now)},
    )
    yield Web(store, TestClient(app(edge), raise_server_exceptions=False), key, clock)
    store.close()


@pytest.mark.parametrize("off", [DAY, -DAY])
def test_it_refuses_until_it_is_right_and_then_does_what_was_asked(
    web: Web, off: timedelta
) -> None:
    token = hotline(web)
    assert web.post("/contacts", INTAKE, token).status_code == 201
    web.clock.now += off
    told = problem(
        web.post("/contacts", INTAKE, token, "again"), 503, "nothing-is-dated-by-a-wrong-clock"
    )
    assert "same idempotency key" in told["detail"]
    problem(web.get("/contacts", token), 503, "nothing-is-dated-by-a-wrong-clock")
    ready = web.client.get("/health/ready")
    assert (ready.status_code, ready.json()["checks"]["database"]) == (503, "ok")
    assert "more than a minute apart" in ready.json()["checks"]["clock"]
    web.clock.now = datetime.now(UTC)
    assert web.post("/contacts", INTAKE, token, "again").status_code == 201
    assert len(web.get("/contacts", token).json()["items"]) == 2


def test_it_refuses_behind_the_door_as_well(web: Web) -> None:
    """Where nobody's token had to be read by that clock."""
    token = hotline(web)
    bearer = read(web.key, token, web.clock)
    now = agreed(web.store, web.clock)
    edge = Edge(web.store, lambda _token: bearer, now, lambda: uuid.uuid4().hex)
    inside = Web(
        web.store, TestClient(app(edge), raise_server_exceptions=False), web.key, web.clock
    )
    web.clock.now += DAY
    answer = inside.post("/contacts", INTAKE, token)
    problem(answer, 503, "nothing-is-dated-by-a-wrong-clock")
