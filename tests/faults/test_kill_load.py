"""A load that is killed at random moments, until it is done: everybody is there, once."""

import multiprocessing
import os
import random
import signal
from collections.abc import Mapping
from pathlib import Path

import pytest

from staffetta.four import FOUR
from tests.faults.many import many_people
from tests.faults.reading import Answers, answers, assert_all_was_heard, assert_dense, rows
from tests.staffetta.processes import staffetta

KILLS, QUARTERS = 20, 13
LONGEST = 1.2
"""Seconds. A run lives shorter than this; some die before their stores are made."""
COUNTS = {
    "contacts": ("identification", "SELECT COUNT(*) FROM contacts"),
    "linked contacts": (
        "identification",
        "SELECT COUNT(DISTINCT case_id) FROM contacts WHERE case_id IS NOT NULL",
    ),
    "cases": ("identification", "SELECT COUNT(*) FROM cases"),
    "consents": ("identification", "SELECT COUNT(*) FROM consents"),
    "referrals": ("referral", "SELECT COUNT(*) FROM referrals"),
    "referred cases": ("referral", "SELECT COUNT(DISTINCT case_id) FROM referrals"),
    "facts": ("observatory", "SELECT COUNT(*) FROM facts"),
}


def loading(file: str, data: str) -> None:
    """The command itself, in a process that was forked with everything imported."""
    from staffetta.commands import app  # noqa: PLC0415  # in the child, not in pytest
    from staffetta.ending import ended  # noqa: PLC0415  # the same

    os._exit(ended(app, ["load", "nrm", file, "--data", data]))


@pytest.mark.timeout(400)
def test_everybody_is_counted_once_whenever_the_load_is_killed(
    tmp_path: Path, moments: random.Random
) -> None:
    kills, round_ = 0, 0
    while kills < KILLS:
        round_ += 1  # a fast machine may be done before it was killed often enough
        data, file = tmp_path / f"var{round_}", tmp_path / f"people{round_}.csv"
        people = many_people(file, QUARTERS)
        kills += killed_until_done(file, data, moments)
        checked = staffetta("load", "nrm", "--check", "--data", data)
        assert (checked.code, checked.err) == (0, "")
        assert checked.out.startswith(f"Equal: {people} people ")
        assert {what: count(data, what) for what in COUNTS} == dict.fromkeys(COUNTS, people)
        assert_dense(data)
        assert_all_was_heard(data)


def killed_until_done(file: Path, data: Path, moments: random.Random) -> int:
    """Start it, kill it, start it again; how often it was killed."""
    forked = multiprocessing.get_context("forkserver")
    forked.set_forkserver_preload(["staffetta.commands", "staffetta.ending"])
    known: Mapping[str, Answers] = {}
    for kills in range(10 * KILLS):
        process = forked.Process(target=loading, args=(str(file), str(data)))
        process.start()
        process.join(moments.uniform(0, LONGEST) if kills < KILLS else None)
        process.kill()
        process.join()
        code = process.exitcode
        process.close()
        known = still_known(data, known)
        if code == 0:
            return kills
        assert code == -signal.SIGKILL
    raise AssertionError("it never came to its end")


def still_known(data: Path, before: Mapping[str, Answers]) -> Mapping[str, Answers]:
    """All answers given until now; those of before are among them, word for word."""
    known = {part.name: answers(data, part.name) for part in FOUR}
    for service, given in before.items():
        assert given.items() <= known[service].items()
    return known


def count(data: Path, what: str) -> int:
    service, sql = COUNTS[what]
    return int(rows(data, service, sql)[0][0])
