"""Loading a network over HTTP, as its coordinator."""

import hashlib
import uuid
from collections.abc import Callable

import httpx

from services.identification.network.commands import SetTerms
from services.referral.directory.commands import OfferService, RegisterOrganisation
from shared.codes import Role
from shared.runtime.facts import Request
from staffetta.joining import commands_for, matching_of, retention_of
from staffetta.network import Network


def join_over_http(http: httpx.Client, network: Network, token: Callable[[str], str]) -> None:
    """Make the network's organisations and services known. Safe to repeat."""
    coordinator = next(
        account.operator for account in network.accounts if Role.COORDINATOR in account.roles
    )
    terms = SetTerms(acknowledge_within_hours=network.acknowledge_within_hours)
    _say(http, "/identification/terms", terms, token(coordinator))
    rules = retention_of(network)
    if rules is not None:
        _say(http, "/identification/retention", rules, token(coordinator))
    _say(http, "/identification/matching", matching_of(network), token(coordinator))
    for organisation in network.organisations:
        for command in commands_for(organisation):
            path = f"/referral{_path_of(organisation.id, command)}"
            answer = _post(http, path, command, token(coordinator))
            known = isinstance(command, RegisterOrganisation) and answer.status_code == 409
            if not known:
                answer.raise_for_status()


def _say(http: httpx.Client, path: str, command: Request, token: str) -> None:
    """What the file says is so, whatever was said before: a key of its own each time."""
    _send(http, path, command, token, uuid.uuid4().hex).raise_for_status()


def _post(http: httpx.Client, path: str, command: Request, token: str) -> httpx.Response:
    key = hashlib.sha256(f"{path}\n{command.model_dump_json()}".encode()).hexdigest()
    return _send(http, path, command, token, key)


def _send(http: httpx.Client, path: str, command: Request, token: str, key: str) -> httpx.Response:
    return http.post(
        path,
        content=command.model_dump_json(),
        headers={
            "Authorization": f"Bearer {token}",
            "Idempotency-Key": key,
            "Content-Type": "application/json",
        },
    )


def _path_of(organisation: str, command: Request) -> str:
    if isinstance(command, RegisterOrganisation):
        return "/organisations"
    what = "services" if isinstance(command, OfferService) else "places"
    return f"/organisations/{organisation}/{what}"
