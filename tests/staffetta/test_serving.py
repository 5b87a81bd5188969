"""The address before the four services."""

from contextlib import closing
from pathlib import Path
from statistics import median
from time import perf_counter

import httpx
from fastapi.testclient import TestClient

from staffetta.installation import open_installation
from staffetta.serving import listening, served, together


def test_an_address_of_no_service_is_answered_with_a_problem(tmp_path: Path) -> None:
    with closing(open_installation(tmp_path)) as installation:
        answer = TestClient(together(installation)).get("/nothing/of/ours")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["rule"] == "the-address-exists"


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
