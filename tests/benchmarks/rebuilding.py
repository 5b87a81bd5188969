"""Events per second when the read tables are made again from the log."""

from collections.abc import Iterator
from pathlib import Path

from services.identification.app import SERVICE
from shared.runtime.rebuild import rebuild
from tests.benchmarks.asked import fill
from tests.benchmarks.figures import Figure
from tests.benchmarks.rounds import Effort, Spread, timed
from tests.support.stores import open_store

AIM = 20_000
_TIMES = 3


def rebuilding(kind: str, directory: Path, effort: Effort) -> Iterator[Figure]:
    """All read tables of `identification`: of five events, four change a row, and the fifth is
    read and skipped."""
    store = open_store(kind, SERVICE, directory)
    events = fill(store, effort.events // 2)
    spread = Spread(
        [events / timed(lambda: rebuild(store, lambda _done, _of: None)) for _ in range(_TIMES)]
    )
    aim = f"at least {AIM:,} /s"
    what = f"rebuild: {events:,} events"
    yield Figure(what, kind, f"{spread.text(',.0f')} /s", aim, spread.median >= AIM)
    store.close()
