"""A small OpenID provider over real HTTP, whose keys, clock and moods a test decides.

Whoever opens its authorisation endpoint is signed in already, as the one operator that it knows.
"""

import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.jwk import ECKey, Key, RSAKey

from tests.trust.devices import Devices

NOW = datetime(2026, 3, 8, 21, 30, tzinfo=UTC)
AT = int(NOW.timestamp())
CLAIMS: dict[str, Any] = {
    "aud": ["staffetta", "account"],
    "azp": "staffetta-cli",
    "sub": "0f5c1c3e-7d1b-4f3a-9a50-6a2b64cf2a0e",
    "typ": "Bearer",
    "organisation": "hotline",
    "roles": ["hotline-operator", "offline_access"],
    "iat": AT,
    "exp": AT + 300,
    "auth_time": AT - 60,
    "amr": ["pwd", "otp"],
}


def rsa() -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": uuid.uuid4().hex, "alg": "RS256", "use": "sig"})


def ec() -> ECKey:
    return ECKey.generate_key("P-256", {"kid": uuid.uuid4().hex, "alg": "ES256", "use": "sig"})


@dataclass
class Small:
    """`keys`: what it publishes; `asked`: what it was asked for; `told`: instead of an answer.

    `claims`: of the access token that a client is given at the end of the authorisation code flow;
    it is signed with the last key.
    """

    issuer: str = ""
    keys: list[Key] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    told: dict[str, Any] = field(default_factory=dict)
    status: int = 200
    claims: Callable[[str], dict[str, Any]] = lambda _client: {}
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    devices: Devices = field(default_factory=Devices)

    def token(self, key: Key, header: dict[str, Any] | None = None, **changed: object) -> str:
        """Signed; None leaves a claim out."""
        claims = {"iss": self.issuer, **CLAIMS, **changed}
        given = {"alg": key.alg, "kid": key.kid, **(header or {})}
        given = {name: value for name, value in given.items() if value is not None}
        claims = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(given, claims, key, algorithms=[str(given["alg"])])

    def answer(self, path: str) -> Any:
        self.asked.append(path)
        if path in self.told:
            return self.told[path]
        if path.endswith("/openid-configuration"):
            return {
                "issuer": self.issuer,
                "jwks_uri": f"{self.issuer}/keys",
                "authorization_endpoint": f"{self.issuer}/auth",
                "token_endpoint": f"{self.issuer}/token",
                "device_authorization_endpoint": f"{self.issuer}/device",
            }
        return {"keys": [key.as_dict(private=False) for key in self.keys]}

    def authorised(self, asked: dict[str, str]) -> str:
        """Where the browser is sent: without PKCE with an error (RFC 7636, 4.4.1)."""
        back = {"state": asked["state"], "iss": self.issuer}
        if asked.get("code_challenge_method") != "S256" or asked["response_type"] != "code":
            return f"{asked['redirect_uri']}?{urlencode({**back, 'error': 'invalid_request'})}"
        code = uuid.uuid4().hex
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({**back, 'code': code})}"

    def exchanged(self, asked: dict[str, str]) -> dict[str, str]:
        """Tokens for a code, once, and only for who began (RFC 7636, 4.6)."""
        if "device_code" in asked:
            refused = self.devices.refusal(asked)
            return {"error": refused} if refused else self._tokens(asked["client_id"])
        begun = self.codes.pop(asked.get("code", ""), {})
        proof = create_s256_code_challenge(asked.get("code_verifier", ""))
        same = all(begun.get(name) == asked.get(name) for name in ("client_id", "redirect_uri"))
        if not begun or not same or begun["code_challenge"] != proof:
            return {"error": "invalid_grant"}
        return self._tokens(asked["client_id"])

    def _tokens(self, client: str) -> dict[str, str]:
        claims = self.claims(client)
        identity = {**claims, "aud": client, "typ": "ID"}
        key = self.keys[-1]
        return {
            "access_token": self.token(key, None, **claims),
            "id_token": self.token(key, None, **identity),
        }


@contextmanager
def small_provider(*keys: Key) -> Iterator[Small]:
    """A provider on loopback while this lasts."""
    small = Small(keys=list(keys))

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the library's name
            if self.path.startswith("/auth?"):
                self.send_response(302)
                query = dict(parse_qsl(urlsplit(self.path).query))
                self.send_header("Location", small.authorised(query))
                self.end_headers()
                return
            self.say(small.status, small.answer(self.path))

        def do_POST(self) -> None:  # the library's name
            length = int(self.headers["Content-Length"])
            asked = dict(parse_qsl(self.rfile.read(length).decode()))
            begins = self.path == "/device"
            told = small.devices.begun(asked, small.issuer) if begins else small.exchanged(asked)
            self.say(400 if "error" in told else 200, told)

        def say(self, status: int, told: Any) -> None:
            body = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # the library's
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        small.issuer = f"http://127.0.0.1:{server.server_address[1]}"
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield small
        finally:
            server.shutdown()
