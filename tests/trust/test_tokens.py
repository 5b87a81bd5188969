"""A token names who acts, or nobody: forged, foreign, incomplete and expired ones are refused."""

import base64
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import OKPKey

from shared.trust.tokens import Bearer, NoToken, issue, read

NOW = datetime(2026, 3, 8, 21, 30, tzinfo=UTC)
KEY = OKPKey.generate_key("Ed25519")
ANA = Bearer("op-7", "hotline", frozenset({"hotline-operator", "case-manager"}))
TOKEN = issue(KEY, ANA, NOW, timedelta(hours=1))
CLAIMS: dict[str, Any] = {
    "iss": "urn:staffetta:local",
    "aud": "staffetta",
    "sub": "op-7",
    "org": "hotline",
    "roles": ["case-manager"],
    "iat": int(NOW.timestamp()),
    "exp": int(NOW.timestamp()) + 3600,
}
PART = base64.urlsafe_b64encode


def reason(token: str, at: datetime = NOW, key: OKPKey = KEY) -> str:
    """Why the token names nobody; fails where it names somebody."""
    with pytest.raises(NoToken) as refused:
        read(key, token, lambda: at)
    assert str(refused.value) == refused.value.reason
    return refused.value.reason


def signed(**changed: object) -> str:
    """A token with other claims, rightly signed; None leaves a claim out."""
    claims = {name: value for name, value in (CLAIMS | changed).items() if value is not None}
    return jwt.encode({"alg": "Ed25519"}, claims, KEY, algorithms=["Ed25519"])


def parts(header: dict[str, str], claims: dict[str, Any], signature: bytes) -> str:
    told = [json.dumps(header).encode(), json.dumps(claims).encode(), signature]
    return ".".join(PART(part).decode().rstrip("=") for part in told)


def test_a_token_names_who_acts_for_whom_and_in_which_roles() -> None:
    assert read(KEY, TOKEN, lambda: NOW) == ANA
    assert read(KEY, signed(), lambda: NOW) == Bearer(
        "op-7", "hotline", frozenset({"case-manager"})
    )


def test_a_token_lasts_until_its_end_and_not_a_second_longer() -> None:
    end = NOW + timedelta(hours=1)
    assert read(KEY, TOKEN, lambda: end - timedelta(seconds=1)) == ANA
    assert reason(TOKEN, end) == "expired"
    assert reason(TOKEN, end + timedelta(seconds=1)) == "expired"


def test_a_token_of_tomorrow_is_not_valid_today() -> None:
    assert reason(TOKEN, NOW - timedelta(seconds=1)) == "invalid"
    assert reason(signed(nbf=CLAIMS["iat"] + 1)) == "invalid"
    assert read(KEY, signed(nbf=CLAIMS["iat"]), lambda: NOW).operator == "op-7"


def test_a_token_of_a_stranger_names_nobody() -> None:
    assert reason(TOKEN, key=OKPKey.generate_key("Ed25519")) == "invalid"


@pytest.mark.parametrize(
    "changed",
    [
        {"aud": "another-service"},
        {"aud": ["another-service"]},
        {"iss": "urn:staffetta:elsewhere"},
        {"iss": ["urn:staffetta:local"]},
        {"sub": 7},
        {"sub": ["op-7"]},
        {"sub": ""},
        {"org": ""},
        {"org": ["hotline"]},
        {"roles": "coordinator"},
        {"roles": {"coordinator": False}},
        {"roles": [["coordinator"]]},
        {"exp": "tomorrow"},
        {"exp": True},
    ],
    ids=str,
)
def test_a_claim_that_says_something_else_names_nobody(changed: dict[str, object]) -> None:
    assert reason(signed(**changed)) == "invalid"


@pytest.mark.parametrize("missing", ["iss", "aud", "sub", "org", "roles", "exp"])
def test_a_token_without_one_of_its_claims_names_nobody(missing: str) -> None:
    assert reason(signed(**{missing: None})) == "invalid"


def test_a_token_of_no_role_names_somebody_who_may_do_nothing() -> None:
    assert read(KEY, signed(roles=[]), lambda: NOW).roles == frozenset()


def test_an_unsigned_token_names_nobody() -> None:
    for algorithm in ("none", "None", "NONE", "", "Ed25519"):
        assert reason(parts({"alg": algorithm}, CLAIMS, b"")) == "invalid"


@pytest.mark.parametrize("private", [False, True])
def test_our_key_is_no_shared_secret(private: bool) -> None:
    """HS256 under the bytes of the key that everybody may know is the oldest forgery."""
    public = base64.urlsafe_b64decode(str(KEY.as_dict(private=False)["x"]) + "=")
    for secret in (KEY.as_pem(private=private), KEY.as_der(private=private), public):
        unsigned = parts({"alg": "HS256"}, CLAIMS, b"").removesuffix(".")
        signature = PART(hmac.digest(secret, unsigned.encode(), "sha256")).decode().rstrip("=")
        assert reason(f"{unsigned}.{signature}") == "invalid"


def test_what_was_signed_cannot_be_changed() -> None:
    header, _payload, signature = TOKEN.split(".")
    for changed in ({"org": "regione"}, {"roles": ["coordinator"]}, {"exp": 4_000_000_000}):
        payload = PART(json.dumps(CLAIMS | changed).encode()).decode().rstrip("=")
        assert reason(f"{header}.{payload}.{signature}") == "invalid"


def test_a_header_or_signature_of_another_token_does_not_fit() -> None:
    header, payload, signature = TOKEN.split(".")
    other = signed(sub="op-8").split(".")
    critical = PART(b'{"alg":"Ed25519","crit":["x"],"x":1}').decode().rstrip("=")
    for mixed in (
        f"{critical}.{payload}.{signature}",
        f"{header}.{payload}.{other[2]}",
        f"{header}.{other[1]}.{signature}",
        f"{header}..{signature}",
        f"{header}.{payload}.",
        f"{header}.{payload}",
        f"{TOKEN}.{payload}",
    ):
        assert reason(mixed) == "invalid"


@pytest.mark.parametrize(
    "header",
    [b"[]", b"null", b"1", b"\xff", b'{"alg":["Ed25519"]}', b'{"alg":{}}', b"[" * 50_000, b"{}"],
    ids=lambda header: repr(header[:20]),
)
def test_a_header_that_is_none_names_nobody(header: bytes) -> None:
    _header, payload, signature = TOKEN.split(".")
    assert reason(f"{PART(header).decode().rstrip('=')}.{payload}.{signature}") == "invalid"


@given(st.text() | st.from_regex(r"[\w-]*(\.[\w-]*){1,5}", fullmatch=True))
def test_garbage_names_nobody(token: str) -> None:
    assert reason(token) == "invalid"
