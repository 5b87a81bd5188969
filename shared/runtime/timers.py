"""Timers: a due row becomes an ordinary command, once, also after a crash."""

import json
from collections.abc import Callable
from datetime import datetime
from functools import partial

from shared.runtime.append import instant
from shared.runtime.facts import Acting, Refused
from shared.runtime.handle import in_rounds
from shared.runtime.rows import Firing
from shared.runtime.store import Row, Store
from shared.runtime.work import Work

_BATCH = 100


def next_due(store: Store) -> str | None:
    """When the earliest timer is due, as sortable UTC text; None where none is set."""
    found = store.rows("SELECT MIN(due) AS due FROM timers")
    due: str | None = found[0]["due"]
    return due


def fire_due(store: Store, now: datetime, fresh: Callable[[], str]) -> int:
    """Put every command that is due by `now`. Returns how many timers were fired."""
    fired = 0
    while due := store.rows(
        "SELECT * FROM timers WHERE due <= ? ORDER BY due, id LIMIT ?", (instant(now), _BATCH)
    ):
        for timer in due:
            acting = Acting("timer", store.service.name, now, frozenset(), fresh())
            fired += in_rounds(partial(_fire, store, timer, acting))
    return fired


def _fire(store: Store, timer: Row, acting: Acting) -> bool:
    """The command and the removal of the timer in one append, where it is still set so."""
    still = store.rows(
        "SELECT 1 AS there FROM timers WHERE id = ? AND due = ?", (timer["id"], timer["due"])
    )
    if not still:
        return False
    command_type, decider = store.service.timed[timer["command"]]
    command = command_type.model_validate(json.loads(timer["body"]))
    work = Work(store)
    try:
        work.decide(decider, timer["stream"], command, acting)
    except Refused as refusal:
        name = timer["command"]
        work.entry("refusal", timer["stream"], acting, command=name, rule=refusal.rule)
    work.fire(Firing(timer["id"], timer["due"]))
    work.commit()
    return True
