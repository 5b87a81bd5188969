"""The journey in one process, traced by a real exporter: whole, and with nothing personal in it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.runtime.spans import ALLOWED
from tests.journeys.test_nothing_personal import SECRETS
from tests.staffetta.processes import REPOSITORY
from tests.support.collector import Collector, collecting
from tests.support.tracing import applied_by, attributes, counted_from, is_whole


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collector]:
    data: Path = tmp_path_factory.mktemp("traced")
    with collecting() as collector:
        subprocess.run(
            [sys.executable, "-m", "staffetta", "demo", "--once", "--data", str(data)],
            cwd=REPOSITORY,
            env={**os.environ, **collector.environment},
            check=True,
            capture_output=True,
        )
        yield collector


def test_from_a_request_to_whoever_applied_it(played: Collector) -> None:
    assert is_whole(played)
    assert {"POST /cases/{case}/status", "POST /cases"} & counted_from(played.spans)


def test_a_contribution_shares_no_trace_with_its_case(played: Collector) -> None:
    told = {span.trace for span in applied_by(played.spans, "observatory")}
    others = {
        span.trace for span in played.spans if span.told["staffetta.service"] != "observatory"
    }
    apart = {span.trace for span in played.spans if span.name == "apart"}
    assert told
    assert told & others == told & apart, "only the sender's own mark stands in it"


def test_attributes_are_those_on_the_list(played: Collector) -> None:
    assert attributes(played.spans) <= set(ALLOWED.values())


def test_nothing_personal_was_sent(played: Collector) -> None:
    sent = b"".join(played.raw)
    assert b"command OpenCase" in sent
    assert not [secret for secret in SECRETS if secret in sent]
    assert b"case-" not in sent.replace(b"case-contributed", b"").replace(b"case-opened", b"")
