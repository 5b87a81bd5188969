"""Loading a network over HTTP, as its coordinator."""

import hashlib
from collections.abc import Callable

import httpx

from services.referral.directory.commands import OfferService, RegisterOrganisation
from shared.codes import Role
from shared.runtime.facts import Request
from staffetta.joining import commands_for, retention_of
from staffetta.network import Network


def join_over_http(http: httpx.Client, network: Network, token: Callable[[str], str]) -> None:
    """Make the network's organisations and services known. Safe to repeat."""
    coordinator = next(
        account.operator for account in network.accounts if Role.COORDINATOR in account.roles
    )
    rules = retention_of(network)
    if rules is not None:
        _post(http, "/identification/retention", rules, token(coordinator)).raise_for_status()
    for organisation in network.organisations:
        for command in commands_for(organisation):
            path = f"/referral{_path_of(organisation.id, command)}"
            answer = _post(http, path, command, token(coordinator))
            known = isinstance(command, RegisterOrganisation) and answer.status_code == 409
            if not known:
                answer.raise_for_status()


def _post(http: httpx.Client, path: str, command: Request, token: str) -> httpx.Response:
    body = command.model_dump_json()
    return http.post(
        path,
        content=body,
        headers={
            "Authorization": f"Bearer {token}",
            "Idempotency-Key": hashlib.sha256(f"{path}\n{body}".encode()).hexdigest(),
            "Content-Type": "application/json",
        },
    )


def _path_of(organisation: str, command: Request) -> str:
    if isinstance(command, RegisterOrganisation):
        return "/organisations"
    what = "services" if isinstance(command, OfferService) else "places"
    return f"/organisations/{organisation}/{what}"
