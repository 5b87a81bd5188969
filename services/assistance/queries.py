"""Every read of programmes. Nothing sealed is opened here."""

from shared.runtime.reading import rows_after
from shared.runtime.store import Row, Store


def programmes(store: Store, organisation: str | None, after: str, limit: int) -> list[Row]:
    """Programmes in order of their case and referral; of one organisation, or of all (None)."""
    return rows_after(store, "programmes", after, limit, organisation=organisation)


def programmes_of(store: Store, case_id: str, organisation: str | None) -> list[Row]:
    """The programmes of one case, the earliest first; of one organisation, or of all (None)."""
    found = store.rows(
        "SELECT * FROM programmes WHERE case_id = ? ORDER BY opened_at, key", (case_id,)
    )
    return [row for row in found if organisation in (None, row["organisation"])]


def deliveries_of(store: Store, case_id: str) -> list[Row]:
    """The services delivered in one case, the earliest first."""
    return store.rows(
        "SELECT * FROM deliveries WHERE case_id = ? ORDER BY delivered_on, key", (case_id,)
    )
