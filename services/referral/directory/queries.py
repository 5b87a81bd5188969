"""Every read of the directory."""

from shared.codes import ServiceType
from shared.runtime.reading import rows_after
from shared.runtime.store import Row, Store


def organisations(store: Store, after: str, limit: int) -> list[Row]:
    return rows_after(store, "organisations", after, limit)


def offers(store: Store, service: ServiceType | None, after: str, limit: int) -> list[Row]:
    """Offers in order of organisation; of one service, or of all (None)."""
    return rows_after(store, "offers", after, limit, service=service)


def is_registered(store: Store, organisation: str) -> bool:
    return bool(store.rows("SELECT 1 AS known FROM organisations WHERE key = ?", (organisation,)))
