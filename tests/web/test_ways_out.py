"""Addresses and methods that do not exist, and faults that nobody foresaw: problems all."""

import pytest
from fastapi import APIRouter
from fastapi.testclient import TestClient
from structlog.testing import capture_logs

from services.identification.app import app
from shared.trust.tokens import read
from shared.web.calls import Edge, Receipt, Seen
from tests.support.web import Web
from tests.web.asking import INTAKE, NAME, hotline, problem

CASE = f"/cases/case-{'0' * 32}"
ADDRESS = NAME.replace(" ", "%20")


@pytest.mark.parametrize(
    "address",
    [
        f"/{ADDRESS}",
        f"/?name={ADDRESS}",
        "/docs",
        "/redoc",
        "/openapi.yaml",
        f"{CASE}/{ADDRESS}",
        "/contacts/",
        f"/contacts/?name={ADDRESS}",
        f"/cases/{ADDRESS}/",
        f"//{ADDRESS}.example/contacts/",
    ],
)
def test_there_is_nothing_at_another_address(web: Web, address: str) -> None:
    """Nor is anybody led from there to a right one: the way would repeat what was sent."""
    header = {"Authorization": f"Bearer {hotline(web)}", "Host": "Okafor.example"}
    answer = web.client.get(address, headers=header, follow_redirects=False)
    problem(answer, 404, "the-address-exists")


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("PUT", "/contacts"),
        ("PATCH", CASE),
        ("DELETE", CASE),
        ("GET", f"{CASE}/consents"),
        ("OPTIONS", "/contacts"),
        ("TRACE", "/positions"),
        ("BLESSING", "/cases"),
    ],
)
def test_an_address_takes_its_own_methods_only(web: Web, method: str, address: str) -> None:
    header = {"Authorization": f"Bearer {hotline(web)}"}
    answer = web.client.request(method, address, json={NAME: NAME}, headers=header)
    problem(answer, 405, "the-method-exists")
    assert answer.headers["Allow"] in ("GET", "POST")


def faulty(web: Web) -> TestClient:
    """The service with two routes more, whose faults nobody foresaw."""
    router = APIRouter()

    @router.get("/raises")
    def raises(call: Seen) -> None:
        raise RuntimeError(f"{NAME}, called by {call.acting.operator}")

    @router.get("/answers-otherwise")
    def answers_otherwise() -> Receipt:
        return {"id": [NAME], "version": NAME}  # type: ignore[return-value]  # this is the fault

    edge = Edge(web.store, lambda token: read(web.key, token, web.clock), web.clock, str)
    broken = app(edge)
    broken.include_router(router)
    return TestClient(broken, raise_server_exceptions=False)


@pytest.mark.parametrize("address", ["/raises", "/answers-otherwise"])
def test_a_fault_that_nobody_foresaw_says_nothing_of_itself(web: Web, address: str) -> None:
    header = {"Authorization": f"Bearer {hotline(web)}"}
    with capture_logs() as logged:
        answer = faulty(web).get(address, headers=header)
    told = problem(answer, 500, "the-service-works")
    assert "same idempotency key" in told["detail"]
    (line,) = logged
    assert line["event"] == "broken"
    assert set(line) == {"event", "error", "log_level"}
    assert "Blessing" not in str(logged)


def test_a_store_that_cannot_be_read_says_nothing_of_it(web: Web) -> None:
    token = hotline(web)
    with web.store.transaction(commit=True) as run:
        run("DROP TABLE contacts")
    with capture_logs() as logged:
        answers = [
            web.get("/contacts", token),
            web.post("/contacts", INTAKE | {"narrative": NAME}, token),
        ]
    for answer in answers:
        assert "sql" not in str(problem(answer, 500, "the-service-works")).lower()
    assert [line["event"] for line in logged] == ["broken", "broken"]
    assert "contacts" not in str(logged)
