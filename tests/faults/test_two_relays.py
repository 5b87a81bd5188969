"""Two relays of one service at once: one that lost its lead, and does not know."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from shared.runtime.kafka.relay import Relay, producer
from shared.runtime.recorders import database_at
from shared.runtime.store import Store, postgres_store
from shared.trust.key_file import keys_in_file
from staffetta.four import FOUR
from tests.faults.cluster import Cluster, let_go
from tests.faults.topic import read, sent_twice

pytestmark = [pytest.mark.broker, pytest.mark.timeout(900)]


def test_what_two_relays_send_is_heard_once(running: Cluster) -> None:
    topic = "staffetta.identification.events"
    before = sent_twice(read(running, topic))
    with running.load() as journal:
        with a_second_relay(running, "identification"):
            journal.wait_for_more(80)
        journal.wait_for_more(20)
    verdict = running.verdict()
    sys.stdout.write(f"two relays: {verdict}\n")
    assert verdict.faults() == {}
    sent = sent_twice(read(running, topic))
    assert sent > before, "the second relay sent nothing beside the first"


@contextmanager
def a_second_relay(running: Cluster, name: str) -> Iterator[None]:
    """Step after step without holding the lock that the other holds."""
    over = threading.Event()
    faults: list[Exception] = []

    def relaying() -> None:
        try:
            with a_store_of(running, name) as store:
                sending = producer(running.together.kafka.broker(name))
                relay = Relay(store, sending)
                while not over.is_set():
                    if relay.step() == 0:
                        over.wait(0.02)
                relay.settle()
                sending.close()
        except Exception as fault:
            faults.append(fault)

    thread = threading.Thread(target=relaying)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(60)
        let_go()
    assert not faults, faults


@contextmanager
def a_store_of(running: Cluster, name: str) -> Iterator[Store]:
    """A service's own store, opened beside its process."""
    together = running.together
    part = next(part for part in FOUR if part.name == name)
    keys = keys_in_file(together.directory / "keys" / f"{name}.keys.sqlite")
    store = postgres_store(
        part.service, database_at(together.environments[name]["STAFFETTA_POSTGRES"]), keys
    )
    try:
        yield store
    finally:
        store.close()
        keys.close()
