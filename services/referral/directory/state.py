"""What decisions need to know of an organisation, and how each fact changes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import assert_never

from services.referral.directory.events import (
    AddressKept,
    Event,
    OrganisationRegistered,
    PlaceFreed,
    PlacesSet,
    PlaceTaken,
    ServiceOffered,
)
from shared.codes import OrganisationKind, ServiceType


@dataclass(frozen=True)
class Offer:
    """`free` counts the places that nobody takes; below zero where places were cut. `addressed`:
    whether it was said, under seal, where the service is."""

    answer_within_hours: int
    places: int = 0
    free: int = 0
    addressed: bool = False


@dataclass(frozen=True)
class Unregistered:
    pass


@dataclass(frozen=True)
class Registered:
    id: str
    offers: Mapping[ServiceType, Offer] = field(default_factory=dict)
    kind: OrganisationKind | None = None


Organisation = Unregistered | Registered


def evolve(organisation: Organisation, event: Event) -> Organisation:
    if isinstance(event, OrganisationRegistered):
        return Registered(event.organisation, kind=event.kind)
    if isinstance(organisation, Unregistered):
        return organisation
    offers = organisation.offers
    match event:
        case ServiceOffered():
            known = offers.get(event.service, Offer(event.answer_within_hours))
            offer = replace(known, answer_within_hours=event.answer_within_hours)
        case PlacesSet():
            offer = replace(offers[event.service], places=event.places, free=event.free)
        case PlaceTaken() | PlaceFreed():
            offer = replace(offers[event.service], free=event.free)
        case AddressKept():
            offer = replace(offers[event.service], addressed=True)
        case _:
            assert_never(event)
    return replace(organisation, offers={**offers, event.service: offer})
