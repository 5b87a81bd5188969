"""Signing in at the provider through a browser.

The authorisation code flow with PKCE (RFC 7636) and a redirect to loopback (RFC 8252, 7.3).
"""

import secrets
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx
from authlib.oauth2.rfc6749 import parameters
from authlib.oauth2.rfc6749.errors import OAuth2Error
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from staffetta.access.client import SCOPE, Client, NoLogin, token_in

_PATIENCE_SECONDS = 300.0
_PAGE = b"<!doctype html><meta charset=utf-8><title>Staffetta</title><p>You can close this window."


def through_a_browser(client: Client, show: Callable[[str], None]) -> str:
    """An access token. `show` is given the address that the operator opens in a browser."""
    verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(24)
    with _Redirected(("127.0.0.1", 0), _Answer) as waiting:
        waiting.timeout = 1.0
        back = f"http://127.0.0.1:{waiting.server_port}/callback"
        show(
            parameters.prepare_grant_uri(
                client.provider.authorization_endpoint,
                client_id=client.id,
                response_type="code",
                redirect_uri=back,
                scope=SCOPE,
                state=state,
                code_challenge=create_s256_code_challenge(verifier),
                code_challenge_method="S256",
            )
        )
        came = _came(waiting)
    code = _code_in(came, state, client.provider.issuer)
    asked = {"redirect_uri": back, "code": code, "code_verifier": verifier}
    return token_in(client.asks_for_a_token({"grant_type": "authorization_code", **asked}))


class _Redirected(HTTPServer):
    """Waits for the browser to come back."""

    came: str | None = None


class _Answer(BaseHTTPRequestHandler):
    server: _Redirected
    timeout = 5  # of one connection: one that sends nothing must not hold up the browser's

    def do_GET(self) -> None:  # the library's name
        if self.path.partition("?")[0] != "/callback":
            self.send_error(404)
            return
        self.server.came = self.path
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Referrer-Policy", "no-referrer")
        self.end_headers()
        self.wfile.write(_PAGE)

    def log_message(self, format: str, *args: object) -> None:  # the library's
        """Says nothing: the address holds the code."""


def _came(waiting: _Redirected) -> str:
    ends = time.monotonic() + _PATIENCE_SECONDS
    while waiting.came is None:
        if time.monotonic() > ends:
            raise NoLogin("Nobody signed in within five minutes.")
        waiting.handle_request()
    return waiting.came


def _code_in(came: str, state: str, issuer: str) -> str:
    """The code that came back, if it is the answer to what was asked, from whom it was asked."""
    told = httpx.URL(came).params
    if not secrets.compare_digest(told.get("state", "").encode(), state.encode()):
        raise NoLogin("What came back does not belong to this sign-in.")
    if told.get("iss", issuer) != issuer:  # RFC 9207, 2.4
        raise NoLogin("Another provider answered than the one that was asked.")
    try:
        return str(parameters.parse_authorization_code_response(came, state=state)["code"])
    except OAuth2Error:
        raise NoLogin("The provider did not let you in.") from None
