"""Loading a network: its organisations through the directory's own commands, its accounts here."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from services.identification.duplicates.commands import ContactPoint, SetMatching
from services.identification.duplicates.setting import MATCHING, MATCHING_STREAM
from services.identification.network.commands import SetTerms
from services.identification.network.decide import NETWORK, TERMS
from services.identification.retention.commands import SetRetention
from services.identification.retention.decide import RETENTION
from services.identification.retention.decide import STREAM as RETENTION_STREAM
from services.referral.directory.commands import OfferService, RegisterOrganisation, SetPlaces
from services.referral.directory.decide import DIRECTORY, stream_of
from services.referral.directory.events import OrganisationRegistered, PlacesSet, ServiceOffered
from shared.codes import Role
from shared.runtime.facts import Acting, Fact, Request
from shared.runtime.handle import Key, handle
from shared.runtime.store import Store
from staffetta.accounts import keep_accounts
from staffetta.installation import Installation, fresh, now
from staffetta.network import Network, Organisation

_FILE = "network-file"
_COMMAND_OF: Mapping[type[Fact], type[Request]] = {
    OrganisationRegistered: RegisterOrganisation,
    ServiceOffered: OfferService,
    PlacesSet: SetPlaces,
}


def join(installation: Installation, network: Network) -> list[str]:
    """Make the network's organisations, services and accounts known. Safe to repeat.

    Only what the file says anew is put: places that a provider has set since stay as they are.
    Returns in words what the file says, and cannot be changed.
    """
    kept = []
    for organisation in network.organisations:
        registered = _put(installation.stores["referral"], network.coordinator, organisation)
        for field, value in registered.items():
            if value != getattr(organisation, field):
                kept.append(f"{organisation.id}: {field}: stays as it was registered")
    _put_terms(installation.stores["identification"], network)
    _keep_rules(installation, network)
    keep_accounts(installation.directory, network.accounts)
    return kept


def _keep_rules(installation: Installation, network: Network) -> None:
    """The file's rules are the rules; a file that says nothing of retention changes none."""
    store, rules = installation.stores["identification"], retention_of(network)
    acting = Acting(_FILE, network.coordinator, now(), frozenset({Role.COORDINATOR}), fresh())
    if rules is not None:
        handle(store, RETENTION, RETENTION_STREAM, rules, acting)
    handle(store, MATCHING, MATCHING_STREAM, matching_of(network), acting)


def retention_of(network: Network) -> SetRetention | None:
    """What a file says about retention, as a command of `identification`."""
    return SetRetention(**dict(network.retention)) if network.retention else None


def matching_of(network: Network) -> SetMatching:
    """What a file says about telephones, as a command of `identification`."""
    points = tuple(
        ContactPoint(organisation=each.id, telephone=each.telephone)
        for each in network.organisations
        if each.telephone
    )
    return SetMatching(telephone_region=network.telephone_region, contact_points=points)


def _put(directory: Store, coordinator: str, organisation: Organisation) -> Mapping[str, Any]:
    """Put what is new about an organisation. Returns what it was registered as, if it was."""
    stream = stream_of(organisation.id)
    version, said = _said_before(directory, stream)
    registered = said.pop("RegisterOrganisation", {})
    for command in commands_for(organisation):
        if said.get(_about(command)) == command.model_dump():
            continue
        if isinstance(command, RegisterOrganisation) and registered:
            continue
        acting = Acting(_FILE, coordinator, now(), frozenset({Role.COORDINATOR}), fresh())
        told = f"{stream}@{version}\n{_about(command)}\n{command.model_dump_json()}"
        key = Key(_FILE, hashlib.sha256(told.encode()).hexdigest())
        handle(directory, DIRECTORY, stream, command, acting, key=key)
    return {field: registered[field] for field in ("name", "kind", "area") if field in registered}


def _put_terms(store: Store, network: Network) -> None:
    """The time to acknowledge; said again it changes nothing."""
    acting = Acting(_FILE, network.coordinator, now(), frozenset({Role.COORDINATOR}), fresh())
    terms = SetTerms(acknowledge_within_hours=network.acknowledge_within_hours)
    handle(store, NETWORK, TERMS, terms, acting)


def _said_before(directory: Store, stream: str) -> tuple[int, dict[str, Mapping[str, Any]]]:
    """The stream's version, and what network files said last about each thing."""
    version = 0
    said: dict[str, Mapping[str, Any]] = {}
    for stored in directory.events(stream):
        recorded = directory.service.names.recorded(stored)
        version, made_by = recorded.version, _COMMAND_OF.get(type(recorded.event))
        registers = made_by is RegisterOrganisation
        if made_by is not None and (registers or recorded.operator == _FILE):
            fields = recorded.event.model_dump(include=set(made_by.model_fields))
            said[_about(made_by(**fields))] = fields
    return version, said


def _about(command: Request) -> str:
    """What a command speaks of: the organisation, or one of its services."""
    service = getattr(command, "service", None)
    return " ".join(filter(None, (type(command).__name__, service)))


def commands_for(organisation: Organisation) -> Iterator[Request]:
    """All that a file says of an organisation, as commands of the directory."""
    yield RegisterOrganisation(
        organisation=organisation.id,
        name=organisation.name,
        kind=organisation.kind,
        area=organisation.area,
    )
    for service in organisation.services:
        yield OfferService(
            service=service.type,
            area=service.area,
            answer_within_hours=service.answer_within_hours,
            languages=service.languages,
        )
        yield SetPlaces(service=service.type, places=service.places)
