"""Loading a network: its organisations through the directory's own commands, its accounts here."""

import hashlib
from collections.abc import Iterator
from itertools import chain

from services.referral.directory import queries
from services.referral.directory.commands import OfferService, RegisterOrganisation, SetPlaces
from services.referral.directory.decide import DIRECTORY, stream_of
from shared.codes import Role
from shared.runtime.facts import Acting, Request
from shared.runtime.handle import Key, handle
from staffetta.installation import Installation, fresh, keep_accounts, now
from staffetta.network import Network, Organisation


def join(installation: Installation, network: Network) -> int:
    """Make the network's organisations, services and accounts known. Safe to repeat.

    Returns the number of organisations. The keys come from the file's own words, so that loading
    a changed file puts what is new and repeats what is not.
    """
    directory = installation.stores["referral"]
    for organisation in network.organisations:
        stream = stream_of(organisation.id)
        known = queries.is_registered(directory, organisation.id)
        for command in _commands(organisation, known):
            acting = Acting(
                "network-file",
                network.coordinator,
                now(),
                frozenset({Role.COORDINATOR}),
                fresh(),
            )
            told = f"{stream}\n{type(command).__name__}\n{command.model_dump_json()}"
            key = Key("network-file", hashlib.sha256(told.encode()).hexdigest())
            handle(directory, DIRECTORY, stream, command, acting, key=key)
    keep_accounts(installation.directory, network.accounts)
    return len(network.organisations)


def _commands(organisation: Organisation, known: bool) -> Iterator[Request]:
    register = RegisterOrganisation(
        organisation=organisation.id,
        name=organisation.name,
        kind=organisation.kind,
        area=organisation.area,
    )
    services = (
        (
            OfferService(
                service=service.type,
                area=service.area,
                answer_within_hours=service.answer_within_hours,
                languages=service.languages,
            ),
            SetPlaces(service=service.type, places=service.places),
        )
        for service in organisation.services
    )
    return chain([] if known else [register], chain.from_iterable(services))
