"""What is done during a measurement, each in a process of its own.

Moments are `time.monotonic()`, which all processes of one machine share, in seconds.
"""

import http.client
import json
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

from services.identification.app import SERVICE
from services.identification.cases.decide import CASES
from shared.runtime.handle import handle
from shared.runtime.recorders import Database
from shared.runtime.store import postgres_store
from shared.trust.key_file import keys_in_file
from tests.benchmarks import asked

Result = TypeVar("Result")


class Hand:
    """One more process, ready to be asked."""

    def __init__(self, pool: ProcessPoolExecutor) -> None:
        self._pool = pool

    def ask(self, does: Callable[..., Result], *given: Any) -> Future[Result]:
        return self._pool.submit(does, *given)


@contextmanager
def hands(count: int) -> Iterator[list[Hand]]:
    """So many processes, which have imported what they need."""
    pools = [ProcessPoolExecutor(1, get_context("spawn")) for _ in range(count)]
    try:
        for ready in [pool.submit(time.monotonic) for pool in pools]:
            ready.result()
        yield [Hand(pool) for pool in pools]
    finally:
        for pool in pools:
            pool.shutdown()


def give_consents(
    where: Database, keys: Path, cases: Sequence[str], per_second: float
) -> dict[str, float]:
    """A command for each case at an even pace. Case -> when its commit was known."""
    file = keys_in_file(keys)
    store, done = postgres_store(SERVICE, where, file), {}
    for case in at_pace(cases, per_second, time.monotonic()):
        handle(store, CASES, case, asked.consent(), asked.acting())
        done[case] = time.monotonic()
    store.close()
    file.close()
    return done


def withdraw_consents(
    address: str, token: str, cases: Sequence[str], per_second: float, connections: int
) -> dict[str, tuple[float, float]]:
    """The same over HTTP, several connections in turns. Case -> sent, and accepted."""
    begin = time.monotonic() + 0.2
    shares = [cases[turn::connections] for turn in range(connections)]

    def share(turn: int) -> dict[str, tuple[float, float]]:
        began = begin + turn / per_second
        return _post(address, token, shares[turn], per_second / connections, began)

    with ThreadPoolExecutor(connections) as threads:
        return {
            case: moments
            for told in threads.map(share, range(connections))
            for case, moments in told.items()
        }


def _post(
    address: str, token: str, cases: Sequence[str], per_second: float, begin: float
) -> dict[str, tuple[float, float]]:
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=30)
    moments = {}
    for case in at_pace(cases, per_second, begin):
        consent = case.removeprefix("case-")
        sent = time.monotonic()
        connection.request(
            "POST",
            f"/cases/{case}/consent-withdrawals",
            json.dumps({"consent": consent}),
            {
                "Authorization": f"Bearer {token}",
                "Content-Type": "application/json",
                "Idempotency-Key": f"bench-{consent}",
            },
        )
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200, f"the service answered {answer.status}"
        moments[case] = sent, time.monotonic()
    connection.close()
    return moments


def at_pace(cases: Sequence[str], per_second: float, begin: float) -> Iterator[str]:
    """Each in its moment; late ones at once, so that a slow answer does not lower the rate."""
    for turn, case in enumerate(cases):
        time.sleep(max(0.0, begin + turn / per_second - time.monotonic()))
        yield case
