"""A consumer that has fallen behind, beside bare INSERTs of the rows that it writes."""

import time
from collections.abc import Iterator

from services.identification.cases.publishes import TOPIC
from shared.runtime.store import Store
from tests.benchmarks import asked
from tests.benchmarks.at_scale.bare import mark, seconds_to_insert
from tests.benchmarks.at_scale.effort import Effort
from tests.benchmarks.at_scale.figures import Measured
from tests.benchmarks.at_scale.ground import Ground
from tests.benchmarks.rounds import Spread

_LOOK_EVERY_SECONDS = 0.02


def applying(ground: Ground, effort: Effort) -> Iterator[Measured]:
    """`referral` was away while so many messages came; it starts, reads them from Kafka and
    applies them. Then the rows that it wrote are inserted into bare tables, in batches."""
    rates, bare = [], []
    ground.everybody()
    ground.settle()
    for _ in range(effort.rounds):
        begun = mark(ground.stores["referral"])
        rates.append(_catching_up(ground, effort.messages))
        ground.only()
        bare.append(effort.messages / seconds_to_insert(ground.database("referral"), begun))
    ratios = [one / other for one, other in zip(rates, bare, strict=True)]
    yield Measured("consumer: messages applied, from Kafka", Spread(rates), "/s", ",.0f")
    yield Measured("consumer: the same rows by bare INSERTs", Spread(bare), "/s", ",.0f")
    yield Measured("consumer: applied / bare INSERTs", Spread(ratios), "", ".2f", least=0.5)


def _catching_up(ground: Ground, messages: int) -> float:
    """Messages per second, by one process that is alone."""
    ground.only("identification")
    told, store = ground.stores["identification"], ground.stores["referral"]
    before = _applied(store)
    asked.begin_cases(told, messages // 2, (asked.consent(),))
    ground.sent("identification")
    ground.only()
    ground.running.start("referral")
    return _rate(store, before, messages)


def _rate(store: Store, before: int, messages: int) -> float:
    """From the first batch that is seen to the last: the start of the process does not count,
    nor does the first batch."""
    began, first, last = 0.0, before, before
    while last - before < messages:
        time.sleep(_LOOK_EVERY_SECONDS)
        last = _applied(store)
        if first == before:
            began, first = time.perf_counter(), last
    return (last - first) / (time.perf_counter() - began)


def _applied(store: Store) -> int:
    found = store.rows("SELECT SUM(number) AS applied FROM inbox WHERE topic = ?", (TOPIC,))
    return int(found[0]["applied"] or 0)
