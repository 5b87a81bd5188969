"""A backlog, by the relay and beside it by a bare producer, each in a process of its own that
imports no more than one would need that only relays."""

import json
import os
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

from shared.contracts.envelope import LANES
from shared.runtime.append import Append, instant
from shared.runtime.facts import Change, Public, Recorded
from shared.runtime.kafka.broker import Broker
from shared.runtime.kafka.envelope import headers_of, timestamp_of
from shared.runtime.kafka.relay import BATCH, Relay, producer
from shared.runtime.mapper import Names
from shared.runtime.outbox import StoreOutbox
from shared.runtime.recorders import Database
from shared.runtime.rows import OutboxRow
from shared.runtime.store import Pseudonym, Service, Store, postgres_store
from shared.trust.key_file import keys_in_file

BACKLOG_TOPIC = "staffetta.benchmark.events"
ROW_BYTES = 360
_IN_ONE_APPEND = 5_000
_TYPE = "org.staffetta.benchmark.told.v1"
Turn = tuple[float, int]


def relay_all(where: Database, keys: Path, broker: Broker) -> Turn:
    """Seconds until all is acknowledged and noted, by a relay that begins at 0; bytes resident."""
    with _publishing(where, keys) as store, _producing(broker) as sending:
        with store.transaction(commit=True) as run:
            run("DELETE FROM relayed WHERE topic = ?", (BACKLOG_TOPIC,))
        began = time.perf_counter()
        relay = Relay(store, sending)
        while relay.step():
            pass
        relay.settle()
        return time.perf_counter() - began, psutil.Process(os.getpid()).memory_info().rss


def produce_all(where: Database, keys: Path, broker: Broker) -> Turn:
    """Seconds until all is acknowledged, by the client alone: nothing is read, made or noted.
    The records, their order and the settings are the relay's."""
    with _publishing(where, keys) as store, _producing(broker) as sending:
        records = _records(StoreOutbox(store))
        began = time.perf_counter()
        futures = [sending.send(BACKLOG_TOPIC, **record) for record in records]
        sending.flush(timeout=60)
        assert all(future.succeeded() for future in futures)
        return time.perf_counter() - began, psutil.Process(os.getpid()).memory_info().rss


def fill_outbox(where: Database, keys: Path, rows: int) -> None:
    """Until there are so many, in large appends."""
    with _publishing(where, keys) as store:
        there = sum(StoreOutbox(store).heads(BACKLOG_TOPIC).values())
        for begin in range(there, rows, _IN_ONE_APPEND):
            turns = range(begin, min(begin + _IN_ONE_APPEND, rows))
            store.append([], Append(outbox=[_row(turn) for turn in turns]))


def _records(outbox: StoreOutbox) -> list[dict[str, Any]]:
    rows = [
        row
        for lane, last in outbox.heads(BACKLOG_TOPIC).items()
        for row in outbox.rows(BACKLOG_TOPIC, lane, 0, last)
    ]
    return [
        {
            "partition": row.lane,
            "key": row.key.encode(),
            "value": row.data.encode(),
            "headers": headers_of(row),
            "timestamp_ms": timestamp_of(row),
        }
        for row in sorted(rows, key=lambda row: ((row.number - 1) // BATCH, row.lane))
    ]


def _row(turn: int) -> OutboxRow:
    case = f"case-{uuid.uuid4().hex}"
    said = f'{{"case":"{case}","consent":"{uuid.uuid4().hex}","told":"'
    data = said + (uuid.uuid4().hex * 9)[: ROW_BYTES - len(said) - 2] + '"}'
    at = instant(datetime.now(UTC))
    return OutboxRow(BACKLOG_TOPIC, turn % LANES, str(uuid.uuid4()), _TYPE, case, at, data)


@contextmanager
def _publishing(where: Database, keys: Path) -> Iterator[Store]:
    """The database of a service, seen as one that publishes the backlog and nothing else."""
    file = keys_in_file(keys)
    topics = {BACKLOG_TOPIC: LANES}
    seen = Service("benchmark", "A backlog.", Names([]), (), topics, _nothing, _unheard)
    store = postgres_store(seen, where, file)
    try:
        yield store
    finally:
        store.close()
        file.close()


@contextmanager
def _producing(broker: Broker) -> Iterator[Any]:
    """The relay's own producer, which knows the topic already."""
    sending = producer(broker)
    sending.partitions_for(BACKLOG_TOPIC)
    try:
        yield sending
    finally:
        sending.close()


def _nothing(_recorded: Recorded) -> list[Change]:
    return []


def _unheard(_recorded: Recorded, _pseudonym: Pseudonym) -> list[Public]:
    return []


def main() -> None:
    """What to do is named in the one argument; where, comes as JSON on standard input."""
    told = json.load(sys.stdin)
    where, keys = Database(**told["where"]), Path(told["keys"])
    if sys.argv[1] == "fill":
        fill_outbox(where, keys, told["rows"])
        return
    does = {"relay": relay_all, "produce": produce_all}[sys.argv[1]]
    print(json.dumps(does(where, keys, Broker(**told["broker"]))))


if __name__ == "__main__":
    main()
