"""Connections that drop, delay, truncate and reset what they carry, each link in its turn."""

import json
import random
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

import pytest
from psycopg.conninfo import make_conninfo

from staffetta.at_scale.up import NAMES
from tests.faults.cluster import Cluster
from tests.faults.proxy import SPOILING, Proxy, proxied

pytestmark = [pytest.mark.broker, pytest.mark.timeout(1800)]
Links = Mapping[str, Sequence[Proxy]]
ROUNDS_LONG = 8


@contextmanager
def through_proxies(running: Cluster, chance: random.Random) -> Iterator[Links]:
    """Everything that the services say passes through a proxy: to the broker, to PostgreSQL, and
    to each other."""
    together = running.together
    with ExitStack() as undo:
        broker = undo.enter_context(proxied(together.kafka.port, chance))
        database = undo.enter_context(proxied(running.postgres.port, chance))
        ports = {name: urlsplit(url).port or 0 for name, url in together.services.items()}
        peers = {name: undo.enter_context(proxied(ports[name], chance)) for name in NAMES}
        before = {name: dict(together.environments[name]) for name in NAMES}
        told = {name: f"http://127.0.0.1:{peer.port}" for name, peer in peers.items()}
        with at_rest(running):
            together.kafka.advertised = broker.port
            for environment in together.environments.values():
                environment["STAFFETTA_KAFKA"] = f"127.0.0.1:{broker.port}"
                environment["STAFFETTA_PEERS"] = json.dumps(told)
                environment["STAFFETTA_POSTGRES"] = make_conninfo(
                    environment["STAFFETTA_POSTGRES"], host="127.0.0.1", port=database.port
                )
        try:
            yield {"broker": [broker], "database": [database], "peers": [*peers.values()]}
        finally:
            with at_rest(running):
                together.kafka.advertised = None
                for name, environment in together.environments.items():
                    environment.update(before[name])


@contextmanager
def at_rest(running: Cluster) -> Iterator[None]:
    """The services and the broker are stopped, and started again with what was changed."""
    for name in NAMES:
        running.together.processes[name].terminate()
    for name in NAMES:
        running.together.processes[name].wait(timeout=60)
    running.together.kafka.stop()
    yield
    running.together.kafka.start()
    for name in NAMES:
        running.together.start(name)
    running.together.wait_until_they_answer()


def test_nothing_is_lost_whichever_link_is_spoilt(
    running: Cluster, moments: random.Random, long: bool
) -> None:
    with through_proxies(running, moments) as links:
        for _ in range(ROUNDS_LONG if long else 1):
            with running.load() as journal:
                for proxies in links.values():
                    for mood in SPOILING:
                        journal.wait_for_more(3)
                        for proxy in proxies:
                            proxy.mood = mood
                        time.sleep(moments.uniform(0.5, 2.0))
                        for proxy in proxies:
                            proxy.mood = "pass"
                journal.wait_for_more(20)
            running.caught_up()
        for link, proxies in links.items():
            spoilt = sum(proxy.spoiled for proxy in proxies)
            sys.stdout.write(f"{link}: {spoilt} times\n")
            assert spoilt or link == "peers", "a fault that is not inflicted proves nothing"
        verdict = running.verdict()
    sys.stdout.write(f"{verdict}\n")
    assert verdict.faults() == {}
