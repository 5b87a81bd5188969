"""Every read of contacts."""

from shared.runtime.store import Row, Store


def contacts(store: Store, organisation: str | None, after: str, limit: int) -> list[Row]:
    """Contacts in order of their id; of one organisation, or of all (None)."""
    if organisation is None:
        return store.rows(
            "SELECT * FROM contacts WHERE key > ? ORDER BY key LIMIT ?", (after, limit + 1)
        )
    return store.rows(
        "SELECT * FROM contacts WHERE organisation = ? AND key > ? ORDER BY key LIMIT ?",
        (organisation, after, limit + 1),
    )
