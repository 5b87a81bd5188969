"""The address before the four services."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from statistics import median
from time import perf_counter

import httpx
import pytest
from fastapi.testclient import TestClient
from starlette.applications import Starlette

from staffetta.at_scale.gateway import gateway
from staffetta.installation import Installation, open_installation
from staffetta.serving import listening, served, together


@pytest.mark.parametrize("before", [together, lambda _installation: gateway({})])
@pytest.mark.parametrize(
    ("request_line", "status", "rule"),
    [
        ("GET /nothing/of/ours", 404, "the-address-exists"),
        ("GET /nothing", 404, "the-address-exists"),
        ("POST /", 405, "the-method-exists"),
        ("BLESSING /", 405, "the-method-exists"),
    ],
)
def test_what_no_service_answers_is_answered_with_a_problem(
    tmp_path: Path,
    before: Callable[[Installation], Starlette],
    request_line: str,
    status: int,
    rule: str,
) -> None:
    with closing(open_installation(tmp_path)) as installation:
        answer = TestClient(before(installation)).request(*request_line.split())
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["rule"] == rule
    assert ("allow" in answer.headers) == (status == 405)


def test_no_part_of_an_answer_waits_for_an_acknowledgement_by_the_client(tmp_path: Path) -> None:
    """Where Nagle's algorithm is on, answers come 40 ms late, but for the first few."""
    with (
        closing(open_installation(tmp_path)) as installation,
        served(installation, listening(0)) as address,
        httpx.Client(base_url=address) as http,
    ):
        seconds = []
        for _ in range(20):
            began = perf_counter()
            http.get("/health/live").raise_for_status()
            seconds.append(perf_counter() - began)
    assert median(seconds) < 0.03
