"""Signing in at a provider, as `staffetta login` does it and as the test words it."""

import threading
from urllib.parse import parse_qs, urlsplit

import httpx
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from shared.trust.openid.keys import discovered
from staffetta.access.client import Client
from staffetta.access.login import through_a_browser
from tests.access.providers import CLIENT, AProvider

VERIFIER = "a-verifier-of-at-least-forty-three-characters-x"


def in_a_browser(provider: AProvider, address: str) -> None:
    """The operator signs in; then the browser opens what it was sent to."""
    httpx.get(provider.browser(address)).raise_for_status()


def signed_in(provider: AProvider, client: str = CLIENT) -> str:
    """An access token, by the same code as `staffetta login`."""

    def show(address: str) -> None:
        threading.Thread(target=in_a_browser, args=(provider, address), daemon=True).start()

    with httpx.Client(timeout=60) as http:
        return through_a_browser(Client(client, discovered(http, provider.issuer), http), show)


def asked_for_a_code(provider: AProvider, **changed: str) -> dict[str, list[str]]:
    """What a browser is sent back with, after a request for a code that the test words itself."""
    with httpx.Client(timeout=60) as http:
        where = discovered(http, provider.issuer).authorization_endpoint
    asked = {
        "client_id": CLIENT,
        "response_type": "code",
        "redirect_uri": "http://127.0.0.1:8123/callback",
        "scope": "openid",
        "state": "s",
        "code_challenge": create_s256_code_challenge(VERIFIER),
        "code_challenge_method": "S256",
        **changed,
    }
    given = {name: told for name, told in asked.items() if told}
    return parse_qs(urlsplit(provider.browser(str(httpx.URL(where, params=given)))).query)


def exchanged(provider: AProvider, code: str, **changed: str) -> httpx.Response:
    with httpx.Client(timeout=60) as http:
        where = discovered(http, provider.issuer).token_endpoint
        asked = {
            "grant_type": "authorization_code",
            "client_id": CLIENT,
            "redirect_uri": "http://127.0.0.1:8123/callback",
            "code": code,
            "code_verifier": VERIFIER,
            **changed,
        }
        return http.post(where, data=asked)
