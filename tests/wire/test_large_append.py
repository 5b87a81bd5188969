"""An append may be larger than any buffer on the way to the store."""

from shared.runtime.store import Store
from shared.runtime.work import Work
from tests.support.asking import by
from tests.support.bookings import BOOKINGS, RequestInterpreter

MANY = 1_000


def test_thousands_of_events_become_true_in_one_append(store: Store) -> None:
    work = Work(store)
    for number in range(MANY):
        work.decide(BOOKINGS, f"booking-{number}", RequestInterpreter(language="sq" * 800), by())
    work.commit()
    stored = store.rows("SELECT COUNT(*) AS n, SUM(LENGTH(state)) AS bytes FROM stored_events")[0]
    assert stored["n"] == MANY
    assert stored["bytes"] > 1_000_000, "smaller than what was seen to hang"
    assert store.rows("SELECT size FROM audit_head")[0]["size"] == MANY
