"""One pass over the entries of a log, line by line, however long it is."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from pydantic import ValidationError

from shared.trust.merkle import Tree, canonical, grown, leaf_hash
from staffetta.audit import step_ups
from staffetta.audit.addresses import Addresses
from staffetta.audit.consents import Consents as ConsentsTold
from staffetta.audit.emergencies import Emergencies
from staffetta.audit.erasures import Erasures
from staffetta.audit.kinds import Kinds
from staffetta.audit.meaning import Consents, Streams, read_entry
from staffetta.audit.notes import Notes
from staffetta.audit.step_ups import StepUps

_AT_A_TIME = 1_000
SHOWN = 10
_UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, RecursionError, ValidationError)


class Judge(Protocol):
    """Hears each entry of a log in turn, and says in words what must not be there."""

    def faults(self, number: int, entry: Mapping[str, Any]) -> Iterator[str]: ...


_JUDGES: Mapping[str, Mapping[str, Callable[[], Judge]]] = {
    "identification": {
        "disclosures under a live consent": Consents,
        "emergencies used by who opened them": Emergencies,
        step_ups.CHECK: StepUps,
    },
    "assistance": {"notes shown under a live consent": Notes, step_ups.CHECK: StepUps},
    "referral": {"addresses told to named escorts": Addresses, step_ups.CHECK: StepUps},
}


@dataclass
class Few:
    """The first faults in words, and how many there were."""

    told: list[str] = field(default_factory=list)
    count: int = 0

    def add(self, *faults: str) -> None:
        self.count += len(faults)
        self.told.extend(faults[: SHOWN - len(self.told)])

    def __iter__(self) -> Any:
        more = [f"and {self.count - SHOWN} more"] if self.count > SHOWN else []
        return iter([*self.told, *more])


@dataclass
class Read:
    """What the pass found; `roots`: the tree heads at the sizes that were asked for; `meant`: what
    each judge of this service's entries found, by the name of its check."""

    tree: Tree = field(default_factory=Tree)
    roots: dict[int, bytes] = field(default_factory=dict)
    form: Few = field(default_factory=Few)
    order: Few = field(default_factory=Few)
    meant: dict[str, Few] = field(default_factory=dict)
    judges: dict[str, Judge] = field(default_factory=dict)
    streams: Streams = field(default_factory=Streams)
    erasures: Erasures = field(default_factory=Erasures)
    consents: ConsentsTold = field(default_factory=ConsentsTold)
    kinds: Kinds = field(default_factory=Kinds)
    losses: int = 0


def read(
    file: Path, service: str, sizes: Collection[int], show: Callable[[int, int], None], total: int
) -> Read:
    """Hash and judge each entry; the tree heads of the first so many as well."""
    judges = {what: judge() for what, judge in _JUDGES.get(service, {}).items()}
    found, waiting = Read(judges=judges, meant={what: Few() for what in judges}), list[bytes]()
    if 0 in sizes:
        found.roots[0] = found.tree.root
    if not file.is_file():
        return found
    with file.open("rb") as lines:
        for number, raw in enumerate(lines):
            waiting.append(leaf_hash(raw.removesuffix(b"\n")))
            try:
                _judge(found, number, raw, service)
            except _UNREADABLE:
                found.form.add(f"entry {number} is not one that this version can read")
            if len(waiting) == _AT_A_TIME or number + 1 in sizes:
                _grow(found, waiting, sizes)
                show(number, max(total, number))
    _grow(found, waiting, sizes)
    return found


def _grow(found: Read, waiting: list[bytes], sizes: Collection[int]) -> None:
    found.tree = grown(found.tree, waiting)
    waiting.clear()
    if found.tree.size in sizes:
        found.roots[found.tree.size] = found.tree.root


def _judge(found: Read, number: int, raw: bytes, service: str) -> None:
    entry: Mapping[str, Any] = read_entry(raw)
    if canonical(entry) + b"\n" != raw:
        found.form.add(f"entry {number} is not in its one spelling")
    if entry["service"] != service:
        found.form.add(f"entry {number} is of another service")
    found.order.add(*found.streams.faults(number, entry))
    for what, judge in found.judges.items():
        found.meant[what].add(*judge.faults(number, entry))
    found.erasures.hear(number, entry)
    found.consents.hear(number, entry, service)
    found.kinds.hear(number, entry, service)
    if entry.get("kind") == "loss" and "log" in entry:
        found.losses += 1
