"""Fixtures that every folder of tests may use."""

import pytest

from tests.support.stores import STORES, postgres_server


def pytest_report_header() -> str:
    return f"PostgreSQL: {postgres_server()[1]}"


@pytest.fixture(params=STORES)
def kind(request: pytest.FixtureRequest) -> str:
    """Each kind of store in turn: one contract for both."""
    return str(request.param)
