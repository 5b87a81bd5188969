"""Every read of the directory."""

from services.referral.directory.decide import stream_of
from services.referral.directory.events import AddressKept
from shared.codes import ServiceType
from shared.runtime.reading import rows_after
from shared.runtime.store import Row, Store
from shared.trust.protected import Place, open_field


def organisations(store: Store, after: str, limit: int) -> list[Row]:
    return rows_after(store, "organisations", after, limit)


def offers(store: Store, service: ServiceType | None, after: str, limit: int) -> list[Row]:
    """Offers in order of organisation; of one service, or of all (None)."""
    return rows_after(store, "offers", after, limit, service=service)


def is_registered(store: Store, organisation: str) -> bool:
    return bool(store.rows("SELECT 1 AS known FROM organisations WHERE key = ?", (organisation,)))


def address(store: Store, organisation: str, service: ServiceType) -> str:
    """The clear text of where a service is. Call it for a recorded release only."""
    stream, told = stream_of(organisation), ""
    for stored in store.events(stream):
        recorded = store.service.names.recorded(stored)
        kept = recorded.event
        if isinstance(kept, AddressKept) and kept.service == service:
            place = Place(store.service.name, stream, recorded.version, kept.stored_name)
            told = open_field(kept, "address", place, store.keys)
    return told
