"""From a command about an organisation and what is known, to what happens: pure."""

from collections.abc import Sequence
from typing import assert_never

from services.referral.directory import policies
from services.referral.directory.commands import (
    Command,
    KeepAddress,
    OfferService,
    RegisterOrganisation,
    SetPlaces,
)
from services.referral.directory.events import (
    AddressKept,
    Event,
    OrganisationRegistered,
    PlaceFreed,
    PlacesSet,
    PlaceTaken,
    ServiceOffered,
)
from services.referral.directory.state import Organisation, Registered, Unregistered, evolve
from shared.codes import ServiceType
from shared.runtime.facts import Acting, Decider, In, Refused
from shared.trust.protected import Contact, Protected


def decide(command: Command, organisation: Organisation, acting: Acting) -> Sequence[Event]:
    match command:
        case RegisterOrganisation():
            return _register(command, organisation, acting)
        case OfferService():
            _spoken_for(command, organisation, acting)
            return [ServiceOffered(**command.model_dump())]
        case SetPlaces():
            return _set_places(command, _spoken_for(command, organisation, acting))
        case KeepAddress():
            return _keep_address(command, organisation, acting)
        case _:
            assert_never(command)


def _register(
    asked: RegisterOrganisation, organisation: Organisation, acting: Acting
) -> Sequence[Event]:
    policies.only_the_coordinator_registers_organisations(acting)
    if isinstance(organisation, Registered):
        raise Refused(
            "an-organisation-is-registered-once",
            "An organisation of this short name is registered.",
            "Choose another short name, or use the one that is there.",
        )
    return [OrganisationRegistered(**asked.model_dump())]


def _set_places(asked: SetPlaces, organisation: Registered) -> Sequence[Event]:
    offer = policies.the_service_is_offered(organisation, asked.service)
    if offer.places == asked.places:
        return []
    taken = offer.places - offer.free
    return [PlacesSet(service=asked.service, places=asked.places, free=asked.places - taken)]


def _keep_address(told: KeepAddress, organisation: Organisation, acting: Acting) -> Sequence[Event]:
    registered = policies.the_organisation_is_registered(organisation)
    policies.only_the_shelter_itself_says_where_it_is(acting, told.action, registered.id)
    policies.the_service_is_offered(registered, told.service)
    policies.an_address_says_where(told.address.get_secret_value())
    return [AddressKept(service=told.service, address=Protected[Contact](clear=told.address))]


def _spoken_for(command: Command, organisation: Organisation, acting: Acting) -> Registered:
    registered = policies.the_organisation_is_registered(organisation)
    policies.an_organisation_speaks_for_itself(acting, command.action, registered.id)
    return registered


def take_place(organisation: Registered, service: ServiceType, referral: str) -> In:
    """The place that an acceptance takes, in the accepting organisation's stream."""
    offer = policies.the_service_is_offered(organisation, service)
    policies.an_acceptance_takes_a_free_place(offer)
    taken = PlaceTaken(service=service, referral=referral, free=offer.free - 1)
    return In(stream_of(organisation.id), taken)


def free_place(organisation: Registered, service: ServiceType, referral: str) -> In:
    """The place that an acceptance had taken is free again."""
    free = organisation.offers[service].free + 1
    return In(stream_of(organisation.id), PlaceFreed(service=service, referral=referral, free=free))


def stream_of(organisation: str) -> str:
    return f"organisation-{organisation}"


DIRECTORY: Decider[Command, Organisation, Event] = Decider(
    Registered, Unregistered(), decide, evolve
)
