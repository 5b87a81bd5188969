"""Erasures as an auditor judges them: over the logs of all services together."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from staffetta.audit.erasures import (
    COMPLETED,
    DESTROYED,
    HOLDERS,
    REQUESTED,
    Erasures,
    faults,
    still_open,
)

CASE, CONTACT = "case-" + 32 * "a", "contact-" + 32 * "a"
AT = 1_772_000_000  # 2026-02-25
RECENTLY = "2026-02-20T10:00:00Z"
Logs = dict[str, list[dict[str, Any]]]


def event(name: str, stream: str = CASE, at: str = RECENTLY, **data: Any) -> dict[str, Any]:
    state = json.dumps({"at": at, "by": "op-1", "org": "regione", "data": data})
    return {"kind": "event", "name": name, "stream": stream, "version": 1, "state": state}


def erased() -> Logs:
    """Asked for, attested by each service that holds something, and completed after all of them."""
    logs = {service: [event(DESTROYED, streams=[CASE, CONTACT])] for service in HOLDERS}
    logs["identification"] = [
        event(REQUESTED),
        *logs["identification"],
        event(COMPLETED),
    ]
    return logs


def judged(logs: Mapping[str, Sequence[Mapping[str, Any]]]) -> tuple[list[str], int]:
    """The faults, and how many are open."""
    heard = {service: Erasures() for service in logs}
    for service, entries in logs.items():
        for number, entry in enumerate(entries):
            heard[service].hear(number, entry)
    owner = heard["identification"]
    return list(faults(owner, heard, AT)), still_open(owner)


def test_an_erasure_that_every_service_attested_is_well() -> None:
    assert judged(erased()) == ([], 0)


def test_the_attestation_may_stand_in_another_stream_of_the_person() -> None:
    logs = erased()
    logs["referral"] = [event(DESTROYED, CONTACT, streams=[CONTACT, CASE])]
    assert judged(logs) == ([], 0)


def test_one_that_was_asked_for_lately_is_open_and_no_fault() -> None:
    assert judged({"identification": [event(REQUESTED)]}) == ([], 1)


def test_one_that_is_not_completed_within_a_month_is_a_fault() -> None:
    late = event(REQUESTED, at="2026-01-20T10:00:00Z")
    told, waiting = judged({"identification": [late]})
    assert told == ["an erasure asked for at 2026-01-20, and not completed within a month"]
    assert waiting == 1


def without(service: str) -> Callable[[Logs], object]:
    return lambda logs: logs.pop(service)


def unattested(service: str) -> Callable[[Logs], object]:
    return lambda logs: logs[service].clear()


def another(logs: Logs) -> None:
    logs["referral"] = [event(DESTROYED, "case-" + 32 * "b", streams=[CONTACT])]


def unasked(logs: Logs) -> None:
    logs["identification"].pop(0)


def too_early(logs: Logs) -> None:
    own = logs["identification"]
    own[1], own[2] = own[2], own[1]


@pytest.mark.parametrize(
    ("doctor", "fault"),
    [
        (unattested("assistance"), "completed without the attestation of assistance"),
        (another, "completed without the attestation of referral"),
        (without("referral"), "the log of referral is not here to attest"),
        (unasked, "that nobody had asked for"),
        (too_early, "completed before its keys were destroyed here"),
    ],
)
def test_an_erasure_without_attestation_is_named(
    doctor: Callable[[Logs], object], fault: str
) -> None:
    logs = erased()
    doctor(logs)
    told, _waiting = judged(logs)
    assert len(told) == 1
    assert fault in told[0]
    assert CASE not in told[0]
