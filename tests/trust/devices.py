"""The part of the small provider that lets operators sign in on another device (RFC 8628)."""

import secrets
import time
from dataclasses import dataclass, field
from typing import Any

from authlib.oauth2.rfc7636 import create_s256_code_challenge


@dataclass
class _Device:
    asked: dict[str, str]
    typed: str
    begun: float
    looked: float = float("-inf")
    lets: bool | None = None


@dataclass
class Devices:
    """`interval`: seconds between two looks, and whoever looks sooner is told to slow down.
    `lasting`: seconds that a code is good for; `says` is what is said about that, where it differs.
    """

    interval: float = 1.0
    lasting: float = 60.0
    says: dict[str, Any] = field(default_factory=dict)
    known: dict[str, _Device] = field(default_factory=dict)

    def begun(self, asked: dict[str, str], issuer: str) -> dict[str, Any]:
        """RFC 8628, 3.2; with proof of who began, as the realm of `deploy/keycloak` asks it."""
        if asked.get("code_challenge_method") != "S256" or not asked.get("code_challenge"):
            return {"error": "invalid_request"}
        code, typed = secrets.token_hex(16), secrets.token_hex(4).upper()
        self.known[code] = _Device(asked, typed, time.monotonic())
        return {
            "device_code": code,
            "user_code": typed,
            "verification_uri": f"{issuer}/typed-here",
            "interval": self.interval,
            "expires_in": self.lasting,
            **self.says,
        }

    def decide(self, typed: str, *, lets: bool) -> None:
        """The operator has typed the code and signed in, and lets the device in or not."""
        (device,) = (each for each in self.known.values() if each.typed == typed)
        device.lets = lets

    def refusal(self, asked: dict[str, str]) -> str:
        """RFC 8628, 3.5; empty where there are tokens, which is once."""
        device, now = self.known.get(asked["device_code"]), time.monotonic()
        proof = create_s256_code_challenge(asked.get("code_verifier", ""))
        if device is None or device.asked["client_id"] != asked["client_id"]:
            return "invalid_grant"
        if now - device.begun > self.lasting:
            return "expired_token"
        sooner, device.looked = now - device.looked < self.interval, now
        if sooner:
            return "slow_down"
        if device.lets is None:
            return "authorization_pending"
        del self.known[asked["device_code"]]
        if not device.lets:
            return "access_denied"
        return "" if device.asked["code_challenge"] == proof else "invalid_grant"
