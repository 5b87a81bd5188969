"""Every read of alarms."""

from shared.runtime.store import Row, Store


def open_alarms(store: Store, after: str, limit: int) -> list[Row]:
    """Up to `limit + 1` alarms that nobody has settled, in order of their key."""
    return store.rows(
        "SELECT * FROM alarms WHERE settled_at IS NULL AND key > ? ORDER BY key LIMIT ?",
        (after, limit + 1),
    )
