"""A disk that is full for a while, under the load: refused, and nothing of it half done."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from staffetta.four import FOUR
from tests.faults.checker.verdict import examine
from tests.faults.embedded import loaded
from tests.faults.load.journal import Journal
from tests.faults.means import fill, not_tried, small_disk
from tests.support.leftovers import own_directory

MEGABYTES, FULL_SECONDS = 48, 2.0


@pytest.fixture
def small() -> Iterator[Path]:
    place = own_directory("staffetta-faults-disk-")
    with small_disk(place, MEGABYTES) as mounted:
        if not mounted:
            not_tried("nobody here may mount a small disk: a full one was not tried")
        yield place


@pytest.mark.timeout(300)
def test_a_disk_that_is_full_for_a_while_loses_nothing(small: Path) -> None:
    acknowledged: list[int] = []

    def full_for_a_while(journal: Journal) -> None:
        journal.wait_for_more(20)
        for _ in range(2):
            fill(small / "ballast")
            until = time.monotonic() + FULL_SECONDS
            before = len(journal.read())
            while time.monotonic() < until:
                fill(small / "more")  # what a checkpoint freed meanwhile
                time.sleep(0.05)
            acknowledged.append(len(journal.read()) - before)
            (small / "ballast").unlink()
            (small / "more").unlink()
            journal.wait_for_more(20)

    stores = loaded("sqlite", small, 20, full_for_a_while)
    verdict = examine([stores.ledger(part) for part in FOUR], stores.journal.read())
    sys.stdout.write(f"{acknowledged} acknowledged while it was full; {verdict}\n")
    assert verdict.faults() == {}
