"""The relay: from a commit to whoever consumes, one by one; and a backlog, beside a producer."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict

from kafka import KafkaConsumer, TopicPartition

from services.identification.cases.publishes import TOPIC
from shared.contracts.envelope import LANES
from shared.runtime.kafka.broker import Broker
from tests.benchmarks.asked import begin_cases
from tests.benchmarks.at_scale.draining import ROW_BYTES, Turn
from tests.benchmarks.at_scale.effort import PER_SECOND, Effort
from tests.benchmarks.at_scale.figures import RELAY_MEMORY, Measured
from tests.benchmarks.at_scale.ground import Ground
from tests.benchmarks.at_scale.hands import give_consents, hands
from tests.benchmarks.at_scale.moments import between, spreads
from tests.benchmarks.at_scale.seeing import see_records
from tests.benchmarks.rounds import Spread


def latency(ground: Ground, effort: Effort) -> Iterator[Measured]:
    """Consents given at an even pace by one process, relayed by the service's process, and
    received by a third. Milliseconds from the commit to the record."""
    ground.only("identification")
    p50, p99 = spreads([_one_round(ground, effort) for _ in range(effort.rounds)])
    yield Measured("relay: commit to consumer, p50", p50, "ms", below=15)
    yield Measured("relay: commit to consumer, p99", p99, "ms", below=34, steady=False)


def _one_round(ground: Ground, effort: Effort) -> list[float]:
    warm, counted = PER_SECOND, PER_SECOND * effort.seconds
    cases = begin_cases(ground.stores["identification"], warm + counted)
    ground.sent("identification")
    begin = _ends(ground.broker, TOPIC)
    with hands(2) as (writer, consumer):
        seen = consumer.ask(see_records, ground.broker, TOPIC, begin, set(cases))
        time.sleep(1)
        where, keys = ground.database("identification"), ground.keys("identification")
        done = writer.ask(give_consents, where, keys, cases, PER_SECOND).result()
        arrived = seen.result()
    return between({case: done[case] for case in cases[warm:]}, arrived)


def backlog(ground: Ground, effort: Effort) -> Iterator[Measured]:
    """So many rows, by the relay from the outbox and by a bare producer from memory: the same
    records, settings and order, each time in a process of its own, in turns."""
    ground.only()
    _in_a_process(ground, "fill", effort.backlog)
    turns: dict[str, list[Turn]] = {"produce": [], "relay": []}
    for number in range(effort.rounds):
        for contender in ("produce", "relay")[:: 1 if number % 2 else -1]:
            turns[contender].append(_in_a_process(ground, contender, effort.backlog))
    bare, relayed = (
        [effort.backlog / seconds for seconds, _size in turns[contender]]
        for contender in ("produce", "relay")
    )
    ratios = [one / other for one, other in zip(relayed, bare, strict=True)]
    rows = f"{effort.backlog:,} rows of {ROW_BYTES} bytes"
    yield Measured(f"relay: backlog of {rows}", Spread(relayed), "/s", form=",.0f")
    yield Measured("relay: the same by a bare producer", Spread(bare), "/s", form=",.0f")
    yield Measured("relay: backlog / bare producer", Spread(ratios), "", ".2f", least=0.8)
    size = Spread([size / 1e6 for _seconds, size in turns["relay"]])
    yield Measured("memory: a process that only relays", size, "MB", ".0f", below=RELAY_MEMORY)


def _in_a_process(ground: Ground, does: str, rows: int) -> Turn:
    """A process of its own, and not a copy of this one, which holds far more."""
    told = {
        "where": asdict(ground.database("identification")),
        "keys": str(ground.keys("identification")),
        "broker": asdict(ground.broker),
        "rows": rows,
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.at_scale.draining", does],
        input=json.dumps(told).encode(),
        stdout=subprocess.PIPE,
        check=True,
    )
    seconds, resident = json.loads(done.stdout or b"[0, 0]")
    return seconds, resident


def _ends(broker: Broker, topic: str) -> Mapping[int, int]:
    """Lane -> the offset that the next record will have."""
    consumer = KafkaConsumer(**broker.options())
    found = consumer.end_offsets([TopicPartition(topic, lane) for lane in range(LANES)])
    consumer.close()
    return {place.partition: offset for place, offset in found.items()}
