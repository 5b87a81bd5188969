"""Loading a network over HTTP, as its file: what that says anew is put, as in one process."""

import uuid

import httpx

from services.identification.network.commands import SetTerms
from services.referral.directory.commands import (
    NETWORK_FILE,
    OfferService,
    RegisterOrganisation,
    SetPlaces,
)
from shared.codes import Role
from shared.runtime.facts import Request
from shared.trust.tokens import Bearer
from staffetta.joining import anew, key_of, matching_of, retention_of
from staffetta.network import Network, Organisation


def bearer_of_file(network: Network) -> Bearer:
    """Whose token `join_over_http` takes."""
    return Bearer(NETWORK_FILE, network.coordinator, frozenset({Role.COORDINATOR}))


def join_over_http(http: httpx.Client, network: Network, token: str) -> None:
    """Make the network's organisations and services known. Safe to repeat: places that a provider
    has set since stay as they are."""
    terms = SetTerms(acknowledge_within_hours=network.acknowledge_within_hours)
    _say(http, "/identification/terms", terms, token)
    rules = retention_of(network)
    if rules is not None:
        _say(http, "/identification/retention", rules, token)
    _say(http, "/identification/matching", matching_of(network), token)
    for organisation in network.organisations:
        _put(http, organisation, token)


def _put(http: httpx.Client, organisation: Organisation, token: str) -> None:
    version, last = _said_before(http, organisation.id, token)
    # Whoever registered it, it is there: then its stream has a version.
    for command in anew(organisation, last, registered=version > 0):
        path = f"/referral{_path_of(organisation.id, command)}"
        _send(http, path, command, token, key_of(path, version, command))


def _said_before(
    http: httpx.Client, organisation: str, token: str
) -> tuple[int, list[OfferService | SetPlaces]]:
    """The version of what is known of it, and what network files said last about each service."""
    answer = http.get(
        f"/referral/organisations/{organisation}/network-file",
        headers={"Authorization": f"Bearer {token}"},
    )
    told = answer.raise_for_status().json()
    services = [OfferService.model_validate(each) for each in told["services"]]
    places = [SetPlaces.model_validate(each) for each in told["places"]]
    return int(answer.headers["ETag"].strip('"')), [*services, *places]


def _say(http: httpx.Client, path: str, command: Request, token: str) -> None:
    """What the file says is so, whatever was said before: a key of its own each time."""
    _send(http, path, command, token, uuid.uuid4().hex)


def _send(http: httpx.Client, path: str, command: Request, token: str, key: str) -> None:
    http.post(
        path,
        content=command.model_dump_json(),
        headers={
            "Authorization": f"Bearer {token}",
            "Idempotency-Key": key,
            "Content-Type": "application/json",
        },
    ).raise_for_status()


def _path_of(organisation: str, command: Request) -> str:
    if isinstance(command, RegisterOrganisation):
        return "/organisations"
    what = "services" if isinstance(command, OfferService) else "places"
    return f"/organisations/{organisation}/{what}"
