"""Every read of the directory."""

from shared.codes import ServiceType
from shared.runtime.store import Row, Store


def organisations(store: Store, after: str, limit: int) -> list[Row]:
    return store.rows(
        "SELECT * FROM organisations WHERE key > ? ORDER BY key LIMIT ?", (after, limit + 1)
    )


def is_registered(store: Store, organisation: str) -> bool:
    return bool(store.rows("SELECT 1 AS there FROM organisations WHERE key = ?", (organisation,)))


def offers(store: Store, service: ServiceType | None, after: str, limit: int) -> list[Row]:
    """Offers in order of organisation; of one service, or of all (None)."""
    if service is None:
        return store.rows(
            "SELECT * FROM offers WHERE key > ? ORDER BY key LIMIT ?", (after, limit + 1)
        )
    return store.rows(
        "SELECT * FROM offers WHERE service = ? AND key > ? ORDER BY key LIMIT ?",
        (service, after, limit + 1),
    )
