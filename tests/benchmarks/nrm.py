"""The published year of a national referral mechanism, loaded as `staffetta load nrm` does."""

from collections.abc import Iterator
from pathlib import Path

from staffetta.installation import open_installation
from staffetta.joining import join
from staffetta.network import read_network
from staffetta.nrm.check import check
from staffetta.nrm.command import NETWORK
from staffetta.nrm.load import load
from tests.benchmarks.figures import Figure
from tests.benchmarks.published import year
from tests.benchmarks.rounds import Effort, timed

AIM = 300


def nrm(_kind: str, directory: Path, _effort: Effort) -> Iterator[Figure]:
    """Seconds, and people per second. What was loaded is compared with the file."""
    which, rows = year()
    people = sum(row.people for row in rows)
    installation = open_installation(directory)
    join(installation, read_network(NETWORK))
    seconds = timed(lambda: load(installation, rows, lambda _done: None))
    assert not check(installation, rows), "the totals differ: look before you measure"
    events = sum(
        store.recorder.max_notification_id() or 0 for store in installation.stores.values()
    )
    installation.close()
    what = f"nrm: {which}, {people:,} people, {events:,} events"
    yield Figure(what, "sqlite", f"{seconds:,.1f} s", f"under {AIM} s", seconds < AIM)
    yield Figure("nrm: people per second", "sqlite", f"{people / seconds:,.0f} /s")
    yield Figure("nrm: events per second", "sqlite", f"{events / seconds:,.0f} /s")
