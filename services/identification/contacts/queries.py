"""Every read of contacts."""

from shared.runtime.reading import rows_after
from shared.runtime.store import Row, Store


def contacts(store: Store, organisation: str | None, after: str, limit: int) -> list[Row]:
    """Contacts in order of their id; of one organisation, or of all (None)."""
    return rows_after(store, "contacts", after, limit, organisation=organisation)
