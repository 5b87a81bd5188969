"""The whole embedded process, for the measurement of its memory. Prints JSON."""

import json
import resource
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import psutil

from staffetta.installation import Installation, open_installation, running, settle
from staffetta.joining import join
from staffetta.network import read_network
from staffetta.nrm.command import NETWORK
from staffetta.nrm.load import load
from staffetta.nrm.rows import Row
from staffetta.serving import listening, served
from tests.benchmarks.published import year

# Contact and link, case, information, consent; four in `referral`; one fact.
_EVENTS_PER_PERSON = 10


def main(directory: Path, events: int) -> None:
    """Serve, while the four stores together are filled with so many events."""
    installation = open_installation(directory)
    join(installation, read_network(NETWORK))
    with running(installation), served(installation, listening(0)):
        before = psutil.Process().memory_info().rss
        load(installation, list(_rows(-(-events // _EVENTS_PER_PERSON))), lambda _done: None)
        settle(installation)
        told = {
            "events": _written(installation),
            "before": before,
            "after": psutil.Process().memory_info().rss,
            "peak": 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
        }
    installation.close()
    print(json.dumps(told))


def _rows(people: int) -> Iterator[Row]:
    """Rows for at least so many people: those that are published, again and again."""
    _which, published = year()
    told = 0
    for turn in count():
        for row in published:
            if told >= people:
                return
            told += row.people
            yield replace(row, identity=f"{row.identity}/{turn}")


def _written(installation: Installation) -> int:
    return sum(store.recorder.max_notification_id() or 0 for store in installation.stores.values())


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
