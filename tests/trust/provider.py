"""A small OpenID provider over real HTTP, whose keys, clock and moods a test decides."""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, Key, RSAKey

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
    """`keys`: what it publishes; `asked`: what it was asked for; `told`: instead of an answer."""

    issuer: str = ""
    keys: list[Key] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    told: dict[str, Any] = field(default_factory=dict)
    status: int = 200

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
            }
        return {"keys": [key.as_dict(private=False) for key in self.keys]}


@contextmanager
def small_provider(*keys: Key) -> Iterator[Small]:
    """A provider on loopback while this lasts."""
    small = Small(keys=list(keys))

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the library's name
            body = json.dumps(small.answer(self.path)).encode()
            self.send_response(small.status)
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
