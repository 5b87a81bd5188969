"""Whether a service lives and is ready: asked without a token, and told without a secret."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from services.identification.app import SERVICE, app
from shared.web.health import Health
from staffetta.four import FOUR
from staffetta.installation import open_installation
from staffetta.serving import together
from tests.support.web import Clock, Web, serve


@pytest.fixture
def either(kind: str, tmp_path: Path) -> Iterator[Web]:
    """`identification` on a store of each kind."""
    served = serve(kind, SERVICE, app, tmp_path)
    yield served
    served.store.close()


def test_who_answers_lives(either: Web) -> None:
    answer = either.client.get("/health/live")
    assert (answer.status_code, answer.json()) == (200, {"status": "live"})
    assert answer.headers["Cache-Control"] == "no-store"


def test_with_its_store_it_is_ready(either: Web) -> None:
    answer = either.client.get("/health/ready")
    assert (answer.status_code, answer.json()) == (
        200,
        {"status": "ready", "checks": {"database": "ok"}},
    )


def test_without_its_store_it_lives_and_is_not_ready(tmp_path: Path) -> None:
    web = serve("sqlite", SERVICE, app, tmp_path)
    web.store.close()
    answer = web.client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json() == {
        "status": "not ready",
        "checks": {"database": "it fails (PersistenceError)"},
    }
    assert web.client.get("/health/live").status_code == 200


def test_one_thing_that_is_not_well_is_enough(web: Web) -> None:
    edge = web.client.app.state.edge  # type: ignore[attr-defined]  # the application of the fixture
    checks: dict[str, Callable[[], str]] = {"broker": lambda: "away", "lag": lambda: ""}
    client = TestClient(app(replace(edge, checks=checks)))
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["checks"] == {"database": "ok", "broker": "away", "lag": "ok"}


@pytest.mark.parametrize("path", ["/health", "/health/", "/health/ready/", "/health/live/x"])
def test_no_other_address_is_open(web: Web, path: str) -> None:
    assert web.client.get(path).status_code == 401


def test_all_four_in_one_process_are_ready_together(tmp_path: Path) -> None:
    with closing(open_installation(tmp_path)) as installation:
        client = TestClient(together(installation))
        whole = client.get("/health/ready")
        assert whole.status_code == 200
        expected = {f"{part.name}: {what}" for part in FOUR for what in ("database", "keys", "lag")}
        assert set(whole.json()["checks"]) == expected
        assert client.get("/health/live").status_code == 200
        for part in FOUR:
            one = client.get(f"/{part.name}/health/ready")
            assert one.json()["checks"] == dict.fromkeys(("database", "keys", "lag"), "ok")


def test_what_was_found_is_told_for_a_second() -> None:
    clock, asked = Clock(), []

    def check() -> str:
        asked.append(1)
        return f"look {len(asked)}"

    health = Health({"it": check}, lambda: clock().timestamp())
    assert health.look() == health.look() == {"it": "look 1"}
    clock.now = clock.now.replace(second=clock.now.second + 2)
    assert health.look() == {"it": "look 2"}


def test_whoever_comes_while_another_looks_does_not_wait() -> None:
    looking, go_on = threading.Event(), threading.Event()

    def slow() -> str:
        looking.set()
        go_on.wait(20)
        return ""

    health = Health({"it": slow})
    first = threading.Thread(target=health.look)
    first.start()
    assert looking.wait(20)
    assert health.look() == {"it": "not looked at yet"}
    go_on.set()
    first.join(20)
    assert health.look() == {"it": "ok"}


def test_the_words_of_a_fault_are_not_told() -> None:
    def broken() -> str:
        raise ValueError("Rosa Bianchi")

    assert Health({"it": broken}).look() == {"it": "it fails (ValueError)"}
