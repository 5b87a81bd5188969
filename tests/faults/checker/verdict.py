"""The verdict on all stores together: nothing in it can be true by not looking."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from shared.contracts.envelope import STATISTICS
from tests.faults.checker.effects import Effect, had, wanted
from tests.faults.checker.ledger import Ledger
from tests.faults.checker.rows import not_dense, unlike_a_rebuild
from tests.faults.load.journal import Told

Ledgers = Mapping[str, Ledger]


@dataclass
class Verdict:
    """A line for each fault found, by kind; the numbers that a clean run shows as well."""

    lost: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    out_of_order: list[str] = field(default_factory=list)
    not_dense: list[str] = field(default_factory=list)
    unheard: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    unlike_a_rebuild: list[str] = field(default_factory=list)
    miscounted: list[str] = field(default_factory=list)
    parked: list[str] = field(default_factory=list)
    acknowledged: int = 0
    heard: int = 0
    caught_up_after: float | None = None

    def faults(self, parked: int = 0) -> dict[str, list[str]]:
        """What is wrong, by kind; empty where nothing is. `parked`: how many cases should be."""
        found = {name: told for name, told in vars(self).items() if isinstance(told, list) and told}
        if len(self.parked) == parked:
            found.pop("parked", None)
        else:
            found["parked"] = [f"{parked} cases expected", *self.parked]
        return found

    def __str__(self) -> str:
        named = {name: told for name, told in vars(self).items() if isinstance(told, list)}
        counts = ", ".join(f"{len(told)} {name.replace('_', ' ')}" for name, told in named.items())
        late = (
            "" if self.caught_up_after is None else f"; caught up in {self.caught_up_after:.1f} s"
        )
        return f"{self.acknowledged} acknowledged, {self.heard} effects heard: {counts}{late}"


def examine(
    ledgers: Iterable[Ledger], journal: Sequence[Told], caught_up_after: float | None = None
) -> Verdict:
    """Look at all of it. The stores must stand still, and every request of the load be answered."""
    by_name = {ledger.name: ledger for ledger in ledgers}
    found = Verdict(acknowledged=len(journal), caught_up_after=caught_up_after)
    _acknowledged(found, by_name, journal)
    _miscounted(found, by_name, journal)
    for ledger in by_name.values():
        _heard(found, ledger, by_name)
        found.not_dense += not_dense(ledger)
        found.unheard += _unheard(ledger, by_name)
        found.refused += _refused(ledger)
        found.unlike_a_rebuild += unlike_a_rebuild(ledger)
        found.parked += sorted({f"{ledger.name}: {told.key}" for told in ledger.parked})
    return found


def _acknowledged(found: Verdict, ledgers: Ledgers, journal: Sequence[Told]) -> None:
    """Each acknowledged command has its answer, and its fact once; nobody else has one."""
    for told in journal:
        answer = ledgers[told.service].answers.get((told.scope, told.key))
        if answer != {"id": told.id, "version": told.version}:
            found.lost.append(f"{told.service}: the answer under {told.key}")
    expected = Counter((told.service, told.fact, told.stream) for told in journal)
    facts = {(service, fact) for service, fact, _stream in expected}
    there = Counter(
        (ledger.name, event.topic, str(event.originator_id))
        for ledger in ledgers.values()
        for event in ledger.events
        if (ledger.name, event.topic) in facts
    )
    found.lost += _words(expected - there)
    found.twice += _words(there - expected)


def _heard(found: Verdict, ledger: Ledger, ledgers: Ledgers) -> None:
    """Each message had its effect once, and effects of one sender in one case are in its order."""
    should, does = wanted(ledger, ledgers), had(ledger)
    found.heard += sum(map(len, does.values()))
    for line in should.keys() | does.keys():
        missing = Counter(should.get(line, [])) - Counter(does.get(line, []))
        beyond = Counter(does.get(line, [])) - Counter(should.get(line, []))
        found.lost += _at(line, missing)
        found.twice += _at(line, beyond)
        if not missing and not beyond and should[line] != does[line]:
            found.out_of_order.append(" ".join(line))


def _miscounted(found: Verdict, ledgers: Ledgers, journal: Sequence[Told]) -> None:
    """As many people are counted as cases were acknowledged."""
    opened = sum(told.fact == "case.opened.v1" for told in journal)
    sent = sum(told.topic == STATISTICS for told in ledgers["identification"].outbox)
    counted = len(ledgers["observatory"].tables["facts"])
    if not opened == sent == counted:
        found.miscounted.append(f"{opened} cases, {sent} contributions, {counted} counted")


def _unheard(ledger: Ledger, ledgers: Ledgers) -> Iterator[str]:
    """Each receiver stands exactly where its senders' lanes end."""
    for sender, topic in ledger.part.hears:
        for (written, lane), last in ledgers[sender].lanes.items():
            at = ledger.inbox.get((sender, topic, lane), 0)
            if written == topic and at != last:
                yield f"{ledger.name}: {at} of {last} in lane {lane} of {topic}"


def _refused(ledger: Ledger) -> Iterator[str]:
    """Nothing that a service hears under this load may be refused: that would be an order lost."""
    for leaf in ledger.audit:
        entry = json.loads(leaf["entry"]) if leaf["entry"] else {}
        if entry.get("kind") == "refusal" and entry["by"] == "relay":
            yield f"{ledger.name}: {entry['command']} by {entry['rule']}"


def _words(counted: Mapping[tuple[str, str, str], int]) -> list[str]:
    return [f"{' '.join(what)} (by {count})" for what, count in counted.items()]


def _at(line: tuple[str, ...], effects: Mapping[Effect, int]) -> list[str]:
    return [f"{' '.join(line)}: {effect.fact} {effect.about}" for effect in effects]
