"""What happened to an organisation. Stored names are for ever; a new meaning gets a new version."""

from typing import ClassVar

from shared.codes import Area, LanguageTag, OrganisationKind, ServiceType
from shared.runtime.facts import Fact
from shared.trust.protected import Contact, Protected


class OrganisationRegistered(Fact):
    stored_name: ClassVar[str] = "organisation.registered.v1"
    organisation: str
    name: str
    kind: OrganisationKind
    area: Area | None


class ServiceOffered(Fact):
    """`answer_within_hours`: after that a referral that nobody answered expires."""

    stored_name: ClassVar[str] = "organisation.service-offered.v1"
    service: ServiceType
    area: Area
    answer_within_hours: int
    languages: tuple[LanguageTag, ...]


class PlacesSet(Fact):
    """`places` in all, `free` of them after this."""

    stored_name: ClassVar[str] = "organisation.places-set.v1"
    service: ServiceType
    places: int
    free: int


class PlaceTaken(Fact):
    stored_name: ClassVar[str] = "organisation.place-taken.v1"
    service: ServiceType
    referral: str
    free: int


class PlaceFreed(Fact):
    stored_name: ClassVar[str] = "organisation.place-freed.v1"
    service: ServiceType
    referral: str
    free: int


class AddressKept(Fact):
    """Where the service is; the last one holds."""

    stored_name: ClassVar[str] = "organisation.address-kept.v1"
    service: ServiceType
    address: Protected[Contact]


Event = OrganisationRegistered | ServiceOffered | PlacesSet | PlaceTaken | PlaceFreed | AddressKept
EVENTS: tuple[type[Fact], ...] = Event.__args__
