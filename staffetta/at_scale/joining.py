"""Loading a network over HTTP, as its coordinator."""

import hashlib
import uuid
from collections.abc import Callable

import httpx

from services.referral.directory.commands import OfferService, RegisterOrganisation
from shared.codes import Role
from shared.runtime.facts import Request
from staffetta.joining import commands_for
from staffetta.network import Network


def join_over_http(http: httpx.Client, network: Network, token: Callable[[str], str]) -> None:
    """Make the network's organisations and services known. Safe to repeat."""
    coordinator = next(
        account.operator for account in network.accounts if Role.COORDINATOR in account.roles
    )
    http.post(
        "/identification/terms",
        json={"acknowledge_within_hours": network.acknowledge_within_hours},
        headers={
            "Authorization": f"Bearer {token(coordinator)}",
            "Idempotency-Key": uuid.uuid4().hex,
        },
    ).raise_for_status()
    for organisation in network.organisations:
        for command in commands_for(organisation):
            path, body = _path_of(organisation.id, command), command.model_dump_json()
            key = hashlib.sha256(f"{path}\n{body}".encode()).hexdigest()
            answer = http.post(
                f"/referral{path}",
                content=body,
                headers={
                    "Authorization": f"Bearer {token(coordinator)}",
                    "Idempotency-Key": key,
                    "Content-Type": "application/json",
                },
            )
            known = isinstance(command, RegisterOrganisation) and answer.status_code == 409
            if not known:
                answer.raise_for_status()


def _path_of(organisation: str, command: Request) -> str:
    if isinstance(command, RegisterOrganisation):
        return "/organisations"
    what = "services" if isinstance(command, OfferService) else "places"
    return f"/organisations/{organisation}/{what}"
