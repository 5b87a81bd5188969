"""A journey against services that run somewhere: found, told of the network, then travelled."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import httpx
from rich.console import Console

from services.referral.directory.commands import NETWORK_FILE
from shared.trust.tokens import Bearer, issue, signing_key
from staffetta.at_scale.joining import bearer_of_file, join_over_http
from staffetta.demo import NETWORK, play_against
from staffetta.four import FOUR
from staffetta.installation import now
from staffetta.network import Network, read_network

_PATIENCE = httpx.Timeout(60, connect=5)


class Elsewhere(Exception):
    """What is at the address is not what the journey needs: the option at fault, and why."""

    def __init__(self, option: str, why: str) -> None:
        super().__init__(why)
        self.option, self.why = option, why


def visit(address: str, data: Path, console: Console) -> bool:
    """Play the journey at an address; whether each step had its effect. `data` holds the key."""
    network = read_network(NETWORK)
    token = _tokens(network, data / "keys" / "token.pem")
    try:
        with httpx.Client(base_url=address, timeout=_PATIENCE) as http:
            _known(http)
            _joined(http, network, token)
    except (httpx.UnsupportedProtocol, httpx.InvalidURL, ValueError):
        raise Elsewhere("--against", "an address looks like http://127.0.0.1:8291") from None
    except httpx.TransportError:
        raise Elsewhere("--against", "nobody answers at that address") from None
    _case, done = play_against(address, token, console)
    return done


def _known(http: httpx.Client) -> None:
    """All four services must be there before anything is sent."""
    for part in FOUR:
        answer = http.get(f"/{part.name}/openapi.json")
        if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
            raise Elsewhere("--against", f"{part.name} does not answer there just now")
        try:
            title = answer.json()["info"]["title"]
        except (ValueError, KeyError, TypeError):
            title = ""
        if title != f"Staffetta: {part.name}":
            raise Elsewhere("--against", "something else answers at that address")


def _joined(http: httpx.Client, network: Network, token: Callable[[str], str]) -> None:
    try:
        join_over_http(http, network, token(NETWORK_FILE))
    except httpx.HTTPStatusError as refused:
        if refused.response.status_code == httpx.codes.UNAUTHORIZED:
            raise Elsewhere("--data", "its key is not the one of the services there") from None
        why = f"the network cannot be loaded there: it answered {refused.response.status_code}"
        raise Elsewhere("--against", why) from None


def _tokens(network: Network, file: Path) -> Callable[[str], str]:
    """Tokens for the network's accounts and its file, by the key of the services there."""
    if not file.exists():
        raise Elsewhere("--data", "the key of the services is not there (keys/token.pem)")
    try:
        key = signing_key(file)
    except ValueError:
        raise Elsewhere("--data", f"{file} is not a key") from None
    bearers = {
        account.operator: Bearer(account.operator, account.organisation, account.roles)
        for account in network.accounts
    } | {NETWORK_FILE: bearer_of_file(network)}
    return lambda operator: issue(key, bearers[operator], now(), timedelta(minutes=10))
