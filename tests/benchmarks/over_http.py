"""Commands through real HTTP on loopback, several connections at once."""

import uuid
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

from joserfc.jwk import OKPKey

from services.identification.app import SERVICE, app
from shared.runtime.work import Work
from shared.trust.tokens import Bearer, issue, read
from shared.web.calls import Edge
from staffetta.serving import in_a_thread, listening
from tests.benchmarks import asked
from tests.benchmarks.bare import INSERT, SAVE, bare
from tests.benchmarks.clients import post_reports
from tests.benchmarks.figures import Figure
from tests.benchmarks.rounds import Contender, Effort, compete, ratio
from tests.support.stores import open_store

CONNECTIONS = 8


def over_http(kind: str, directory: Path, effort: Effort) -> Iterator[Figure]:
    """`POST /contacts` with a token and an idempotency key; the clients are another process."""
    store = open_store(kind, SERVICE, directory)
    key = OKPKey.generate_key("Ed25519")
    edge = Edge(store, lambda token: read(key, token, _now), _now, lambda: uuid.uuid4().hex)
    bearer = Bearer(asked.OPERATOR, asked.ORGANISATION, frozenset(map(str, asked.ROLES)))
    token = issue(key, bearer, _now(), timedelta(hours=8))
    work = Work(store)
    asked.begin_case(work)
    work.commit()
    where = listening(0)
    port = where.getsockname()[1]
    with (
        in_a_thread(app(edge), where),
        ProcessPoolExecutor(1, get_context("spawn")) as clients,
    ):

        def run(times: int) -> None:
            clients.submit(post_reports, port, token, times, CONNECTIONS).result()

        rates = compete([Contender("HTTP", run), *bare(store, directory)], effort)
    what = f"HTTP: ReportContact, {CONNECTIONS} connections"
    yield Figure(what, kind, f"{rates['HTTP'].text(',.0f')} /s")
    for name in (SAVE, INSERT):
        yield Figure(f"HTTP: ReportContact / {name}", kind, ratio(rates, "HTTP", name).text())
    store.close()


def _now() -> datetime:
    return datetime.now(UTC)
