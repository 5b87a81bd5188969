"""The rules of the directory, one sentence each, with where they come from."""

from services.referral.directory.state import Offer, Organisation, Registered
from shared.codes import ServiceType
from shared.runtime.facts import Acting, Refused
from shared.trust.access import Thing


def only_the_coordinator_registers_organisations(acting: Acting) -> None:
    """The coordinating body keeps the network's list (OSCE/ODIHR handbook, 2022, chapter 2)."""
    if not acting.may("RegisterOrganisation", Thing("Network")):
        raise Refused(
            "only-the-coordinator-registers-organisations",
            "Your role does not register organisations.",
            "Ask the network's coordinator.",
            "authority",
        )


def the_network_looks_into_its_directory(acting: Acting, action: str) -> None:
    """OSCE/ODIHR handbook (2022), chapter 2: the list is there for those who refer."""
    if not acting.may(action, Thing("Network")):
        raise Refused(
            "the-network-looks-into-its-directory",
            "Your role does not look into the directory.",
            "Ask an operator of the network, or the coordinator.",
            "authority",
        )


def an_organisation_speaks_for_itself(acting: Acting, action: str, organisation: str) -> None:
    """Only it knows its beds; the coordinator may help it out."""
    if not acting.may(action, Thing("Organisation", {"name": organisation})):
        raise Refused(
            "an-organisation-speaks-for-itself",
            "These are the services of another organisation, or your role does not offer them.",
            "Ask that organisation's intake, or the coordinator.",
            "authority",
        )


def only_the_shelter_itself_says_where_it_is(
    acting: Acting, action: str, organisation: str
) -> None:
    """Who keeps a secret tells it: not even the coordinator needs to know."""
    if not acting.may(action, Thing("Organisation", {"name": organisation})):
        raise Refused(
            "only-the-shelter-itself-says-where-it-is",
            "This is the service of another organisation, or your role does not offer services.",
            "Ask that organisation's intake.",
            "authority",
        )


def an_address_says_where(address: str) -> None:
    """An escort who is told nothing stands in the street with the person."""
    if not address.strip():
        raise Refused(
            "an-address-says-where",
            "The address is empty.",
            "Say where the service is, as somebody who goes there needs it.",
            "content",
        )


def the_organisation_is_registered(organisation: Organisation) -> Registered:
    """A service without an organisation could not be asked."""
    if not isinstance(organisation, Registered):
        raise Refused(
            "the-organisation-is-registered",
            "There is no such organisation in the network.",
            "Look at the directory, or ask the coordinator to register it.",
            "missing",
        )
    return organisation


def the_service_is_offered(organisation: Registered, service: ServiceType) -> Offer:
    """Who does not offer a service cannot be asked for it."""
    offer = organisation.offers.get(service)
    if offer is None:
        raise Refused(
            "the-service-is-offered",
            "An organisation that is named here does not offer this service.",
            "Look at the directory for who does.",
        )
    return offer


def an_acceptance_takes_a_free_place(offer: Offer) -> None:
    """A place promised twice leaves somebody without a bed."""
    if offer.free <= 0:
        raise Refused(
            "an-acceptance-takes-a-free-place",
            "No place of this service is free.",
            "Decline, or set the number of places first where one has become free.",
        )
