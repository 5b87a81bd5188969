"""What lies in an installation's files, read past the code that wrote them."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from staffetta.four import FOUR

Answers = Mapping[tuple[str, str], str]
_NUMBERS = "SELECT number FROM outbox WHERE topic = ? AND lane = ? ORDER BY number"


def rows(data: Path, service: str, sql: str, *given: Any) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(data / f"{service}.sqlite", timeout=30)) as database:
        return database.execute(sql, given).fetchall()


def answers(data: Path, service: str) -> Answers:
    """Every answer given: scope and key -> outcome. None where the store is not made yet."""
    if not (data / f"{service}.sqlite").exists():
        return {}
    if not rows(data, service, "SELECT 1 FROM sqlite_master WHERE name = 'answers'"):
        return {}
    given = rows(data, service, "SELECT scope, key, outcome FROM answers")
    return {(scope, key): outcome for scope, key, outcome in given}


def assert_dense(data: Path) -> None:
    """No number is missing or twice: outbox lanes, audit index; a leaf for each event."""
    for part in FOUR:
        lanes = rows(data, part.name, "SELECT topic, lane, last FROM lanes")
        for topic, lane, last in lanes:
            numbers = rows(data, part.name, _NUMBERS, topic, lane)
            assert numbers == [(number,) for number in range(1, last + 1)]
        leaves = rows(data, part.name, "SELECT idx, version FROM audit ORDER BY idx")
        size = rows(data, part.name, "SELECT size FROM audit_head")
        events = rows(data, part.name, "SELECT COUNT(*) FROM stored_events")
        assert [index for index, _version in leaves] == list(range(len(leaves)))
        assert size == [(len(leaves),)]
        assert events == [(sum(version is not None for _index, version in leaves),)]


def assert_all_was_heard(data: Path) -> None:
    """Each receiver stands where its senders' lanes end."""
    assert list(unheard(data)) == []


def unheard(data: Path) -> Iterator[str]:
    """Each lane of which a receiver has not applied all."""
    for part in FOUR:
        at = "SELECT sender, topic, lane, number FROM inbox"
        applied = {row[:3]: row[3] for row in rows(data, part.name, at)}
        for sender, topic in part.hears:
            ends = rows(data, sender, "SELECT lane, last FROM lanes WHERE topic = ?", topic)
            for lane, last in ends:
                if applied.get((sender, topic, lane), 0) != last:
                    yield f"{part.name}: lane {lane} of {topic}"
