"""Erasures as the logs tell of them: each service that holds something of a person attests that it
destroyed the keys, before the erasure is said to be done. Judged over all logs together."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

REQUESTED, DESTROYED, COMPLETED = (
    "case.erasure-requested.v1",
    "erasure.keys-destroyed.v1",
    "case.erasure-completed.v1",
)
HOLDERS = ("assistance", "identification", "referral")
"""The observatory never knew which case a fact is of: it has no keys to destroy."""
WITHIN = timedelta(days=31)
"""One month from the request (Regulation (EU) 2016/679, article 12(3))."""


@dataclass
class Erasures:
    """What one service's log tells, by case: when it was asked for, attested here and completed."""

    asked: dict[str, datetime] = field(default_factory=dict)
    attested: set[str] = field(default_factory=set)
    completed: dict[str, int] = field(default_factory=dict)
    out_of_order: list[str] = field(default_factory=list)

    def hear(self, number: int, entry: Mapping[str, Any]) -> None:
        name = entry.get("name")
        if name not in {REQUESTED, DESTROYED, COMPLETED}:
            return
        told = json.loads(entry["state"])
        case = str(entry["stream"])
        if name == REQUESTED:
            self.asked.setdefault(case, datetime.fromisoformat(told["at"]))
        elif name == DESTROYED:
            self.attested.update([case, *map(str, told["data"].get("streams", ()))])
        else:
            self._complete(number, case)

    def _complete(self, number: int, case: str) -> None:
        self.completed[case] = number
        if case not in self.asked:
            self.out_of_order.append(f"entry {number}: an erasure that nobody had asked for")
        if case not in self.attested:
            self.out_of_order.append(
                f"entry {number}: an erasure completed before its keys were destroyed here"
            )


def faults(owner: Erasures, logs: Mapping[str, Erasures], at: int) -> Iterator[str]:
    """`owner`: what the log that completes erasures tells; `logs`: every log that is there, by
    service; `at`: when it was exported, in seconds since 1970."""
    yield from owner.out_of_order
    for case, number in owner.completed.items():
        for service in HOLDERS:
            if service not in logs:
                yield f"entry {number}: an erasure, and the log of {service} is not here to attest"
            elif case not in logs[service].attested:
                yield f"entry {number}: an erasure completed without the attestation of {service}"
    late = datetime.fromtimestamp(at, UTC) - WITHIN
    for asked in (asked for case, asked in owner.asked.items() if case not in owner.completed):
        if asked < late:
            yield f"an erasure asked for at {asked:%Y-%m-%d}, and not completed within a month"


def still_open(owner: Erasures) -> int:
    """How many were asked for and are not completed."""
    return sum(case not in owner.completed for case in owner.asked)
