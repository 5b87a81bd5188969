"""Every read of the directory."""

from collections.abc import Sequence
from typing import NamedTuple

from services.referral.directory.commands import NETWORK_FILE, OfferService, SetPlaces
from services.referral.directory.decide import stream_of
from services.referral.directory.events import (
    AddressKept,
    OrganisationRegistered,
    PlacesSet,
    ServiceOffered,
)
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


class SaidByFile(NamedTuple):
    """What network files said last about each service, whatever others have said since; how the
    organisation was registered, by whomever; and the version of its stream (0: it is unknown)."""

    version: int
    registered: OrganisationRegistered | None
    last: Sequence[OfferService | SetPlaces]


def said_by_file(store: Store, organisation: str) -> SaidByFile:
    version, registered = 0, None
    last: dict[tuple[type[OfferService | SetPlaces], ServiceType], OfferService | SetPlaces] = {}
    for stored in store.events(stream_of(organisation)):
        recorded = store.service.names.recorded(stored)
        version, fact = recorded.version, recorded.event
        if isinstance(fact, OrganisationRegistered):
            registered = fact
        elif isinstance(fact, ServiceOffered | PlacesSet) and recorded.operator == NETWORK_FILE:
            said = _as_said(fact)
            last[type(said), said.service] = said
    return SaidByFile(version, registered, [*last.values()])


def _as_said(fact: ServiceOffered | PlacesSet) -> OfferService | SetPlaces:
    if isinstance(fact, PlacesSet):
        return SetPlaces(service=fact.service, places=fact.places)
    return OfferService(**fact.model_dump())
