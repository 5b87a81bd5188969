"""What is seen during a measurement, each in a process of its own; moments as in `hands`."""

import time
from collections.abc import Mapping
from typing import Any

import psycopg
from kafka import KafkaConsumer, TopicPartition

from shared.runtime.kafka.broker import Broker
from shared.runtime.recorders import Database

_PATIENCE_SECONDS = 60.0
_LOOK_EVERY_SECONDS = 0.004
_ACKNOWLEDGED = "case.withdrawal-acknowledged.v1"
_HOLDERS = 2


def see_records(
    broker: Broker, topic: str, begin: Mapping[int, int], keys: set[str]
) -> dict[str, float]:
    """Key -> when a consumer had its record. `begin`: lane -> offset of the first."""
    consumer = KafkaConsumer(**broker.options())
    places = {TopicPartition(topic, lane): offset for lane, offset in begin.items()}
    consumer.assign(list(places))
    for place, offset in places.items():
        consumer.seek(place, offset)
    seen: dict[str, float] = {}
    ends = time.monotonic() + _PATIENCE_SECONDS
    while len(seen) < len(keys) and time.monotonic() < ends:
        found = consumer.poll(timeout_ms=500)
        now = time.monotonic()
        for record in (record for records in found.values() for record in records):
            key = record.key.decode()
            if key in keys:
                seen.setdefault(key, now)
    consumer.close()
    return seen


def see_acknowledgements(where: Database, cases: set[str]) -> dict[str, float]:
    """Case -> when the last of its two holders' acknowledgements was seen in the database, which
    is looked at every few milliseconds."""
    seen: dict[str, list[float]] = {case: [] for case in cases}
    missing, ends = _HOLDERS * len(cases), time.monotonic() + _PATIENCE_SECONDS
    with psycopg.connect(
        **vars(where),
        autocommit=True,
    ) as looking:
        after = _new(looking, "SELECT COALESCE(MAX(notification_id), 0) FROM stored_events")[0][0]
        while missing and time.monotonic() < ends:
            time.sleep(_LOOK_EVERY_SECONDS)
            new = _new(
                looking,
                "SELECT notification_id, originator_id, topic FROM stored_events"
                " WHERE notification_id > %s ORDER BY notification_id",
                after,
            )
            now, after = time.monotonic(), new[-1][0] if new else after
            for case in [case for _id, case, name in new if name == _ACKNOWLEDGED]:
                missing -= case in seen
                seen.get(case, []).append(now)
    return {case: max(moments) for case, moments in seen.items() if len(moments) == _HOLDERS}


def _new(connection: psycopg.Connection[Any], sql: str, *given: int) -> list[tuple[Any, ...]]:
    return connection.execute(sql.encode(), given or None).fetchall()
