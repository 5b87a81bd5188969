"""Fixtures that every folder of tests may use."""

import pytest

from tests.support.brokers import broker_server
from tests.support.stores import STORES, postgres_server


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says which PostgreSQL and which Kafka the tests ran on. They are started when first asked
    for, and whoever asks where there is none fails."""
    if postgres_server.cache_info().currsize:
        terminalreporter.write_line(f"PostgreSQL: {postgres_server()[1]}")
    if broker_server.cache_info().currsize:
        terminalreporter.write_line(f"Kafka: {broker_server()[1]}")


@pytest.fixture(params=STORES)
def kind(request: pytest.FixtureRequest) -> str:
    """Each kind of store in turn: one contract for both."""
    return str(request.param)
