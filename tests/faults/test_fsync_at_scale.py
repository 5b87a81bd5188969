"""fsync fails under PostgreSQL, under the load: it must not go on as if it had not.

The call is not made, and the kernel keeps what was written: what it drops by itself after a failed
fsync is not seen here. PostgreSQL panics at the first, and goes back to what was made to last.
"""

import sys
import time

import pytest

from tests.faults.cluster import Cluster
from tests.faults.means import calls_that_fail

pytestmark = [pytest.mark.broker, pytest.mark.timeout(600)]
CALLS = ("fsync", "fdatasync", "sync_file_range", "msync")
PANIC, PATIENCE = "PANIC:  could not f", 60.0


def test_a_failing_fsync_under_postgresql_loses_nothing(running: Cluster) -> None:
    server = running.postgres
    panics = server.said(PANIC)
    with running.load() as journal:
        journal.wait_for_more(20)
        # Those alone that are there: who comes after them recovers, on a disk that works again.
        with calls_that_fail(server.children(), CALLS):
            before, ends = len(journal.read()), time.monotonic() + PATIENCE
            while server.said(PANIC) == panics:
                assert time.monotonic() < ends, "a fault that is not inflicted proves nothing"
                time.sleep(0.05)
            acknowledged = len(journal.read()) - before
        server.start()
        journal.wait_for_more(20)
    verdict = running.verdict()
    sys.stdout.write(f"PostgreSQL, {acknowledged} acknowledged without fsync; {verdict}\n")
    assert verdict.faults() == {}
    # Of each client, one answer may have been on its way.
    assert acknowledged <= 3
