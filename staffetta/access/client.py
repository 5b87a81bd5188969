"""Who asks a provider for a token, and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from shared.trust.openid.keys import Discovered

SCOPE = "openid"


class NoLogin(Exception):
    """The provider gave no token; the words are ours, never its own."""


@dataclass(frozen=True)
class Client:
    """Who asks (a public client, without a secret), whom, and over what."""

    id: str
    provider: Discovered
    http: httpx.Client

    def asks_for_a_token(self, by: Mapping[str, str]) -> httpx.Response:
        """Its answer, whatever it says. Raises httpx's errors where there is none."""
        return self.http.post(self.provider.token_endpoint, data={**by, "client_id": self.id})


def token_in(answer: httpx.Response) -> str:
    """The access token of an answer. Raises `NoLogin` where it holds none."""
    token = told(answer).get("access_token")
    if not answer.is_success or not isinstance(token, str):
        raise NoLogin("The provider gave no token: is the client's name right, and public?")
    return token


def told(answer: httpx.Response) -> dict[str, Any]:
    """What an answer says; nothing where it is not JSON."""
    try:
        said = answer.json()
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
