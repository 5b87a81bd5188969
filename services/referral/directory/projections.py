"""The read tables `organisations` and `offers`: what a case manager looks through."""

from collections.abc import Sequence
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
from shared.runtime.facts import Change, Recorded, Table

ORGANISATIONS = Table("organisations", {"name": "TEXT", "kind": "TEXT", "area": "TEXT"})
OFFERS = Table(
    "offers",
    {
        "organisation": "TEXT",
        "service": "TEXT",
        "area": "TEXT",
        "answer_within_hours": "BIGINT",
        "languages": "TEXT",
        "places": "BIGINT",
        "free": "BIGINT",
    },
    indexes=(("service", "key"),),
)


def directory(event: Event, recorded: Recorded) -> Sequence[Change]:
    organisation = recorded.stream.removeprefix("organisation-")
    if isinstance(event, OrganisationRegistered):
        row = {"name": event.name, "kind": event.kind, "area": event.area}
        return [Change("organisations", organisation, row)]
    key = f"{organisation}/{event.service}"
    match event:
        case ServiceOffered():
            offered = {
                "organisation": organisation,
                "service": event.service,
                "area": event.area,
                "answer_within_hours": event.answer_within_hours,
                "languages": " ".join(event.languages),
            }
            return [Change("offers", key, offered)]
        case PlacesSet():
            return [Change("offers", key, {"places": event.places, "free": event.free})]
        case PlaceTaken() | PlaceFreed():
            return [Change("offers", key, {"free": event.free})]
        case AddressKept():
            return []  # in no list
        case _:
            assert_never(event)
