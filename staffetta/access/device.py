"""Signing in where there is no browser, by a code that is typed on another device (RFC 8628)."""

import secrets
import time
from collections.abc import Callable

import httpx
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from pydantic import BaseModel, Field, ValidationError

from staffetta.access.client import SCOPE, Client, NoLogin, token_in, told

_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
_LONGEST_SECONDS = 1800.0
_TOO_LATE = "Nobody signed in in time, and the code is good no more: ask for another."
_REFUSED = {
    "access_denied": "Signing in was refused there, so there is no token.",
    "expired_token": _TOO_LATE,
}


class _Begun(BaseModel):
    """RFC 8628, 3.2. `interval` and `expires_in` are seconds."""

    device_code: str = Field(repr=False)
    user_code: str
    verification_uri: str
    interval: float = Field(5.0, ge=0, le=_LONGEST_SECONDS)
    expires_in: float = Field(300.0, gt=0)


def on_another_device(
    client: Client,
    show: Callable[[str, str], None],
    sleep: Callable[[float], None] = time.sleep,
) -> str:
    """An access token. `show` is given the address to open anywhere, and the code to type there.

    Raises `NoLogin` where the provider gives none, and httpx's errors where it does not answer.
    """
    proof = secrets.token_urlsafe(48)
    begun = _begun(client, proof)
    show(begun.verification_uri, begun.user_code)
    asked = {"grant_type": _GRANT, "device_code": begun.device_code, "code_verifier": proof}
    return _token(client, asked, begun, sleep)


def _begun(client: Client, proof: str) -> _Begun:
    where = client.provider.device_authorization_endpoint
    if where is None:
        raise NoLogin("The provider offers no sign-in on another device.")
    # PKCE belongs to the other flow; a provider that asks it of a client asks it here as well.
    challenge = create_s256_code_challenge(proof)
    asked = {"client_id": client.id, "scope": SCOPE, "code_challenge": challenge}
    answer = client.http.post(where, data={**asked, "code_challenge_method": "S256"})
    try:
        answer.raise_for_status()
        return _Begun.model_validate(told(answer))
    except (httpx.HTTPStatusError, ValidationError):
        raise NoLogin("The provider does not let this client sign in on another device.") from None


def _token(
    client: Client, asked: dict[str, str], begun: _Begun, sleep: Callable[[float], None]
) -> str:
    pause, left = max(begun.interval, 1.0), min(begun.expires_in, _LONGEST_SECONDS)
    while left > 0:
        sleep(pause)
        left -= pause
        answer = client.asks_for_a_token(asked)
        error = told(answer).get("error")
        if error == "slow_down":  # RFC 8628, 3.5
            pause += 5
        elif error in _REFUSED:
            raise NoLogin(_REFUSED[error])
        elif error != "authorization_pending":
            return token_in(answer)
    raise NoLogin(_TOO_LATE)
