"""How long it takes to load a case before a decision: short and long, with its snapshot or not."""

from collections.abc import Iterator
from pathlib import Path

from services.identification.app import SERVICE
from services.identification.cases.decide import CASES
from shared.runtime.handle import handle
from shared.runtime.loading import load
from shared.runtime.store import Store
from shared.runtime.work import SNAPSHOT_EVERY, Work
from tests.benchmarks import asked
from tests.benchmarks.figures import Figure
from tests.benchmarks.rounds import Effort, Spread, timed
from tests.support.stores import open_store

AIM = 10.0
_TIMES = 15
# The last is the worst that can be: every event but one of the next snapshot's is read.
LENGTHS = (10, 100, 1_000, 1_000 + SNAPSHOT_EVERY - 1)


def loading(kind: str, directory: Path, _effort: Effort) -> Iterator[Figure]:
    """Milliseconds for a case of so many events."""
    store = open_store(kind, SERVICE, directory)
    for length in LENGTHS:
        case = _case_of(store, length)
        kept = _milliseconds(store, case)
        with store.transaction(commit=True) as run:
            run("DELETE FROM snapshots WHERE stream = ?", (case,))
        aim = (f"under {AIM:.0f} ms", kept.median < AIM) if length >= 1_000 else ("", None)
        yield Figure(f"load: {length:,} events, with snapshots", kind, _text(kept), *aim)
        without = _milliseconds(store, case)
        yield Figure(f"load: {length:,} events, without", kind, _text(without))
    store.close()


def _case_of(store: Store, length: int) -> str:
    """A case as long as years of work make it, each command on its own: so snapshots are taken."""
    work = Work(store)
    case = asked.begin_case(work, (asked.INFORMATION,))
    work.commit()
    version = 2
    while version < length:
        command = asked.REFUSAL if version % 50 else asked.consent()
        version = handle(store, CASES, case, command, asked.acting()).version
    return case


def _milliseconds(store: Store, case: str) -> Spread:
    return Spread([1_000 * timed(lambda: load(store, CASES, case)) for _ in range(_TIMES)])


def _text(spread: Spread) -> str:
    return f"{spread.text()} ms"
