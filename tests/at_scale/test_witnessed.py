"""Four processes that witness each other's audit logs over HTTP, and what an auditor takes away."""

import os
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from shared.codes import Role
from shared.trust.tokens import Bearer, issue, signing_key
from staffetta.at_scale.up import Together
from staffetta.installation import now
from tests.at_scale.travelling import travelled

pytestmark = [pytest.mark.broker, pytest.mark.timeout(300)]
_PATIENCE_SECONDS = 90.0
_OWN_AND_THREE = 4


def signatures(running: Together, service: str) -> int:
    """Of the last checkpoint, as an auditor reads it."""
    key = signing_key(running.directory / "keys" / "token.pem")
    bearer = Bearer("op-audit", "agency", frozenset({Role.AUDITOR}))
    token = issue(key, bearer, now(), timedelta(minutes=5))
    answer = httpx.get(
        f"{running.services[service]}/audit/checkpoint",
        headers={"Authorization": f"Bearer {token}"},
        timeout=10,
    )
    return answer.text.count("\n— ") if answer.is_success else 0


def staffetta(running: Together, service: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "staffetta", *words],
        env={**os.environ, **running.environments[service]},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )


def exported_and_verified(running: Together, to: Path) -> subprocess.CompletedProcess[str]:
    for service in running.services:
        exported = staffetta(running, service, "audit", "export", str(to))
        assert exported.returncode == 0, exported.stderr
    return staffetta(running, "referral", "verify", str(to), "--quorum", "3")


def test_each_log_is_cosigned_by_the_three_others_and_verifies_offline(
    running: Together, tmp_path: Path
) -> None:
    assert travelled(running)
    ends = time.monotonic() + _PATIENCE_SECONDS
    for service in running.services:
        while signatures(running, service) < _OWN_AND_THREE:
            assert time.monotonic() < ends, f"{service}: {signatures(running, service)}"
            time.sleep(1)
    verified = exported_and_verified(running, tmp_path / "0")
    while verified.returncode and time.monotonic() < ends:
        # What somebody heard meanwhile is in a checkpoint that not all have cosigned yet.
        time.sleep(1)
        verified = exported_and_verified(running, tmp_path / str(time.monotonic_ns()))
    assert verified.returncode == 0, verified.stdout
    assert verified.stdout.count("no split view") == len(running.services)
