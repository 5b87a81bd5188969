"""Dashboard and alerts ask only for what a service really says, in words out of the code."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from prometheus_client import REGISTRY, start_http_server
from rich.console import Console

from shared.runtime.inbox import receive
from shared.runtime.outbox import StoreOutbox
from shared.runtime.scraping import Scrape
from staffetta.demo import NETWORK, play_against
from staffetta.four import FOUR
from staffetta.installation import Installation, now, open_installation, running
from staffetta.joining import join
from staffetta.network import read_network
from staffetta.serving import listening, served
from tests.deploy.queries import (
    OBSERVABILITY,
    asked_for,
    expressions,
    generator,
    missing,
    series,
    told,
)
from tests.journeys.test_nothing_personal import SECRETS


@pytest.fixture(scope="module")
def scrape(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """What the four services say over HTTP after a journey, a stranger and a message that came
    over a gap; with the depth of the outboxes, as where a relay reads them."""
    with ExitStack() as until_the_end:
        installation = open_installation(tmp_path_factory.mktemp("scraped"))
        until_the_end.callback(installation.close)
        join(installation, read_network(NETWORK))
        _register(installation, until_the_end)
        until_the_end.enter_context(running(installation))
        address = until_the_end.enter_context(served(installation, listening(0)))
        assert play_against(address, installation.token, Console(quiet=True))[1]
        assert httpx.get(f"{address}/referral/positions").status_code == 401
        _hear_over_a_gap(installation)
        server, thread = start_http_server(0, "127.0.0.1")
        yield httpx.get(f"http://127.0.0.1:{server.server_port}/metrics").text
        server.shutdown()
        server.server_close()
        thread.join()


def _register(installation: Installation, until_the_end: ExitStack) -> None:
    for part in FOUR:
        senders = {sender: StoreOutbox(installation.stores[sender]) for sender, _ in part.hears}
        of = Scrape(installation.stores[part.name], part.hears, senders, now, relays=True)
        REGISTRY.register(of)
        until_the_end.callback(REGISTRY.unregister, of)


def _hear_over_a_gap(installation: Installation) -> None:
    """A receiver that begins anew hears the last row first."""
    store, sender = installation.stores["referral"], StoreOutbox(installation.stores["assistance"])
    (part,) = [part for part in FOUR if part.name == "referral"]
    ((_, topic),) = [heard for heard in part.hears if heard[0] == "assistance"] or [("", "")]
    lane, head = max(sender.heads(topic).items(), key=lambda found: found[1])
    with store.transaction(commit=True) as run:
        for table in ("inbox", "heard"):
            run(f"DELETE FROM {table} WHERE sender = 'assistance' AND lane = ?", (lane,))  # noqa: S608  # our own names
    last = sender.rows(topic, lane, head - 1, 1)
    receive(store, sender, last, lambda _message: [], lambda _message: None)  # type: ignore[arg-type,return-value]  # nobody acts


def test_every_query_finds_what_it_asks_for(scrape: str) -> None:
    assert missing(series(scrape)) == []


def test_the_search_finds_a_query_for_what_is_not_there(scrape: str) -> None:
    there = series(scrape)
    assert missing({}) != []
    assert missing({name: there[name] for name in there if "lag" not in name}) != []
    assert missing({name: there[name] - {"service"} for name in there}) != []
    ((name, labels),) = asked_for("sum by (rule) (rate(staffetta_no_such{service='a'}[5m]))")
    assert (name, labels) == ("staffetta_no_such", {"rule", "service"})


def test_every_metric_of_ours_is_looked_at(scrape: str) -> None:
    asked = {name for query in expressions().values() for name, _ in asked_for(query)}
    unseen = {
        name
        for name in series(scrape)
        if name.startswith("staffetta_") and not name.endswith(("_created", "_count", "_sum"))
    } - asked
    assert unseen == set()


def test_labels_are_names_out_of_the_code(scrape: str) -> None:
    words = told(scrape)
    assert {"CaptureConsent", "OpenCase"} & words, "commands are among them"
    assert [word for word in words if not re.fullmatch(r"[A-Za-z][A-Za-z.-]*|\d{1,2}", word)] == []
    assert not re.search(r"case-[0-9a-f]{4}|[0-9a-f]{32}", scrape)
    assert not [secret for secret in SECRETS if secret in scrape.encode()]


def test_the_dashboard_is_the_one_that_its_script_writes() -> None:
    script = generator()
    assert json.loads(script.FILE.read_text()) == script.dashboard()
    panels = script.dashboard()["panels"]
    places = [tuple(panel["gridPos"].values()) for panel in panels]
    assert len(set(places)) == len({panel["id"] for panel in panels}) == len(panels)


def test_prometheus_itself_takes_configuration_and_rules() -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not on the path (Debian: apt-get install prometheus): not checked")
    for what, file in (("config", "prometheus.yml"), ("rules", "alerts.yml")):
        checked = subprocess.run(
            [promtool, "check", what, file],
            cwd=OBSERVABILITY,
            capture_output=True,
            text=True,
            check=False,
        )
        assert checked.returncode == 0, checked.stderr


def test_every_service_is_scraped_where_compose_lets_it_be() -> None:
    text = (OBSERVABILITY / "prometheus.yml").read_text()
    compose = (Path(OBSERVABILITY).parent / "compose.yaml").read_text()
    assert 'STAFFETTA_METRICS_PORT: "9100"' in compose
    assert all(f'"{part.name}:9100"' in text for part in FOUR)
