"""Over Kafka: one journey's traces from the request to whoever applied it, and what is scraped."""

from collections.abc import Iterator

import httpx
import pytest

from shared.runtime.spans import ALLOWED
from staffetta.at_scale.kafka import free_port
from staffetta.at_scale.up import NAMES, Together
from tests.at_scale.travelling import travelled
from tests.deploy.queries import missing, series
from tests.journeys.test_nothing_personal import SECRETS
from tests.support.collector import Collector, collecting
from tests.support.tracing import attributes, is_whole

pytestmark = [pytest.mark.broker, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def ports() -> dict[str, int]:
    return {name: free_port() for name in NAMES}


@pytest.fixture(scope="module")
def observed(running: Together, ports: dict[str, int]) -> Iterator[Collector]:
    """The services started anew with a collector and metrics; and a journey over them."""
    with collecting() as collector:
        before = {name: dict(running.environments[name]) for name in NAMES}
        for name, port in ports.items():
            told = {"STAFFETTA_METRICS_PORT": str(port), **collector.environment}
            running.environments[name].update(told)
        _start_anew(running)
        assert travelled(running)
        yield collector
        for name in NAMES:
            running.environments[name].clear()
            running.environments[name].update(before[name])
        _start_anew(running)


def _start_anew(running: Together) -> None:
    for name in NAMES:
        running.processes[name].terminate()
        running.processes[name].wait(timeout=60)
        running.start(name)
    running.wait_until_they_answer()


def test_every_query_of_the_dashboard_and_the_alerts_finds_something(
    observed: Collector, ports: dict[str, int]
) -> None:
    assert observed.address
    scraped: dict[str, set[str]] = {}
    for port in ports.values():
        text = httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=20).text
        for name, labels in series(text).items():
            scraped.setdefault(name, set()).update(labels)
    # On this journey nothing was lost and nobody came without a token.
    rare = ("gaps_healed", "messages_fetched", "strangers")
    assert [query for query in missing(scraped) if not any(word in query for word in rare)] == []


def test_the_metrics_are_not_at_the_services_own_address(running: Together) -> None:
    for address in running.services.values():
        assert httpx.get(f"{address}/metrics").status_code in (401, 404)


def test_a_journey_is_traced_from_the_request_to_whoever_applied_it(
    running: Together, observed: Collector
) -> None:
    _start_anew(running)  # a process that ends sends the spans that it still has
    assert is_whole(observed)
    relayed = {span.id for span in observed.spans if span.name == "relay"}
    applied = [span for span in observed.spans if span.name == "apply"]
    over_kafka = [span for span in applied if span.parent in relayed]
    assert over_kafka, "the headers carried it"
    assert attributes(observed.spans) <= set(ALLOWED.values())
    sent = b"".join(observed.raw)
    assert not [secret for secret in SECRETS if secret in sent]
