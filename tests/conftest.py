"""Fixtures that every folder of tests may use."""

from collections.abc import Iterator

import pytest

from tests.support.brokers import broker_server
from tests.support.stores import (
    STORES,
    databases_made,
    drop_databases,
    outlives_the_run,
    postgres_server,
)


@pytest.fixture(scope="session", autouse=True)
def _no_database_is_left() -> Iterator[None]:
    """What fixtures of a module or of the session made."""
    yield
    if outlives_the_run():
        drop_databases()


@pytest.fixture(autouse=True)
def _its_databases_go_with_a_test(_no_database_is_left: None) -> Iterator[None]:
    """Passed or failed. What was there before the test belongs to whatever goes on after it."""
    before = databases_made()
    yield
    if outlives_the_run():
        drop_databases(before)


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
