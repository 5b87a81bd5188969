"""Loading a network: its organisations through the directory's own commands, its accounts here."""

import hashlib
from collections.abc import Collection, Iterator

from services.identification.duplicates.commands import ContactPoint, SetMatching
from services.identification.duplicates.setting import MATCHING, MATCHING_STREAM
from services.identification.network.commands import SetTerms
from services.identification.network.decide import NETWORK, TERMS
from services.identification.retention.commands import SetRetention
from services.identification.retention.decide import RETENTION
from services.identification.retention.decide import STREAM as RETENTION_STREAM
from services.referral.directory.commands import (
    NETWORK_FILE,
    OfferService,
    RegisterOrganisation,
    SetPlaces,
)
from services.referral.directory.decide import DIRECTORY, stream_of
from services.referral.directory.events import OrganisationRegistered
from services.referral.directory.queries import said_by_file
from shared.codes import Role
from shared.runtime.facts import Acting, Request
from shared.runtime.handle import Key, handle
from shared.runtime.store import Store
from staffetta.accounts import keep_accounts
from staffetta.installation import Installation, fresh, now
from staffetta.network import Network, Organisation


def join(installation: Installation, network: Network) -> list[str]:
    """Make the network's organisations, services and accounts known. Safe to repeat.

    Only what the file says anew is put: places that a provider has set since stay as they are.
    Returns in words what the file says, and cannot be changed.
    """
    kept = []
    for organisation in network.organisations:
        registered = _put(installation.stores["referral"], network.coordinator, organisation)
        for field in ("name", "kind", "area") if registered else ():
            if getattr(registered, field) != getattr(organisation, field):
                kept.append(f"{organisation.id}: {field}: stays as it was registered")
    _put_terms(installation.stores["identification"], network)
    _keep_rules(installation, network)
    keep_accounts(installation.directory, network.accounts)
    return kept


def _keep_rules(installation: Installation, network: Network) -> None:
    """The file's rules are the rules; a file that says nothing of retention changes none."""
    store, rules = installation.stores["identification"], retention_of(network)
    acting = Acting(
        NETWORK_FILE, network.coordinator, now(), frozenset({Role.COORDINATOR}), fresh()
    )
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


def _put(
    directory: Store, coordinator: str, organisation: Organisation
) -> OrganisationRegistered | None:
    """Put what is new about an organisation. Returns as what it was registered, if it was."""
    stream, said = stream_of(organisation.id), said_by_file(directory, organisation.id)
    for command in anew(organisation, said.last, registered=said.registered is not None):
        acting = Acting(NETWORK_FILE, coordinator, now(), frozenset({Role.COORDINATOR}), fresh())
        key = Key(NETWORK_FILE, key_of(stream, said.version, command))
        handle(directory, DIRECTORY, stream, command, acting, key=key)
    return said.registered


def anew(
    organisation: Organisation, last: Collection[Request], *, registered: bool
) -> Iterator[Request]:
    """What a file says of an organisation, and files did not say `last`. It is registered once."""
    for command in commands_for(organisation):
        known = registered if isinstance(command, RegisterOrganisation) else command in last
        if not known:
            yield command


def key_of(where: str, version: int, command: Request) -> str:
    """One key for one saying: said twice at once it has its effect once, said again later anew."""
    told = f"{where}@{version}\n{type(command).__name__}\n{command.model_dump_json()}"
    return hashlib.sha256(told.encode()).hexdigest()


def _put_terms(store: Store, network: Network) -> None:
    """The time to acknowledge; said again it changes nothing."""
    acting = Acting(
        NETWORK_FILE, network.coordinator, now(), frozenset({Role.COORDINATOR}), fresh()
    )
    terms = SetTerms(acknowledge_within_hours=network.acknowledge_within_hours)
    handle(store, NETWORK, TERMS, terms, acting)


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
