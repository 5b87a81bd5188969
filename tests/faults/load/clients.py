"""Several clients at once, each with one journey after the other, while a fault is inflicted."""

import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import httpx

from tests.faults.load.caller import Caller, Token
from tests.faults.load.journal import Journal
from tests.faults.load.journeys import JOURNEYS

CLIENTS = 3


@contextmanager
def clients(
    services: Mapping[str, str], who: Token, journal: Journal, number: int = CLIENTS
) -> Iterator[Journal]:
    """Clients call as long as this lasts; at its end each finishes its journey, so that every
    request was answered. What one of them raises is raised here."""
    over = threading.Event()

    def one(first: int) -> None:
        # A new connection for each request: a service that was killed is called anew.
        with httpx.Client(timeout=20) as http:
            call, journey = Caller(http, services, who, journal), first
            while not over.is_set():
                JOURNEYS[journey % len(JOURNEYS)](call)
                journey += 1

    with ThreadPoolExecutor(number) as threads:
        running = [threads.submit(one, first) for first in range(number)]
        try:
            yield journal
        finally:
            over.set()
        for each in running:
            each.result()
