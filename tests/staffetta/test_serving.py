"""The address before the four services."""

from contextlib import closing
from pathlib import Path

from fastapi.testclient import TestClient

from staffetta.installation import open_installation
from staffetta.serving import together


def test_an_address_of_no_service_is_answered_with_a_problem(tmp_path: Path) -> None:
    with closing(open_installation(tmp_path)) as installation:
        answer = TestClient(together(installation)).get("/nothing/of/ours")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["rule"] == "the-address-exists"
