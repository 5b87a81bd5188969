"""Timers: a due row becomes an ordinary command, once, also after a crash."""

import json
from collections.abc import Callable
from datetime import datetime
from functools import partial

from shared.runtime.append import instant
from shared.runtime.facts import Acting, Refused
from shared.runtime.handle import in_rounds
from shared.runtime.resting import Resting
from shared.runtime.rows import Firing
from shared.runtime.spans import span
from shared.runtime.store import Row, Store
from shared.runtime.work import Work

_BATCH = 100


def next_due(store: Store, after: str = "") -> str | None:
    """When the earliest timer after a moment is due, as sortable UTC text; None: there is none."""
    found = store.rows("SELECT MIN(due) AS due FROM timers WHERE due > ?", (after,))
    due: str | None = found[0]["due"]
    return due


def fire_due(
    store: Store, now: datetime, fresh: Callable[[], str], resting: Resting | None = None
) -> int:
    """Put every command that is due by `now`. Returns how many timers were fired.

    A timer whose command raises is left for later, and the others are fired. With `resting` it is
    tried again after a rest; without, its fault is raised when the others have been fired.
    """
    kept = resting or Resting(store.service.name)
    fired = once = _fire_all(store, now, fresh, kept)
    while once:  # what was fired may have set another that is due already
        once = _fire_all(store, now, fresh, kept)
        fired += once
    if resting is None and kept.first is not None:
        raise kept.first
    return fired


def _fire_all(store: Store, now: datetime, fresh: Callable[[], str], resting: Resting) -> int:
    """One pass over what is due, in order; those that stay are not read twice."""
    fired, last, seen = 0, ("", ""), set()
    while due := store.rows(
        "SELECT * FROM timers WHERE due <= ? AND (due, id) > (?, ?) ORDER BY due, id LIMIT ?",
        (instant(now), *last, _BATCH),
    ):
        for timer in due:
            last = (timer["due"], timer["id"])
            seen.add(last)
            acting = Acting("timer", store.service.name, now, frozenset(), fresh())
            if not resting.rests(last):
                with resting.trying("timer", last):
                    fired += in_rounds(partial(_fire, store, timer, acting))
    resting.only(seen)
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
    name, work = timer["command"], Work(store)
    with span(f"timer {name}", service=work.service, command=name):
        try:
            work.decide(decider, timer["stream"], command, acting)
        except Refused as refusal:
            work.entry("refusal", timer["stream"], acting, command=name, rule=refusal.rule)
        work.fire(Firing(timer["id"], timer["due"]))
        work.commit()
    return True
