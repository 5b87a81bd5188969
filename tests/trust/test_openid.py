"""A provider's access token names who acts, or nobody: whatever it says, and whoever signed it."""

import base64
import hmac
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from joserfc.jwk import RSAKey

from shared.trust.openid.claims import Mapped
from shared.trust.openid.keys import FRESH_SECONDS, LASTS_SECONDS, REST_SECONDS, ProviderKeys
from shared.trust.openid.reading import LEEWAY_SECONDS, Provider, issuer_of
from shared.trust.tokens import Bearer, NoToken, ProviderAway
from tests.trust.provider import AT, CLAIMS, NOW, Small, ec, rsa, small_provider

KEY, NEXT = rsa(), ec()
KNOWN = frozenset({"hotline-operator", "case-manager", "coordinator"})
PART = base64.urlsafe_b64encode


@dataclass
class Ours:
    """What reads the tokens of a small provider; `seconds` is its clock for ageing keys."""

    small: Small
    provider: Provider
    seconds: float = 0.0

    def read(self, token: str, at: datetime = NOW) -> Bearer:
        return self.provider.read(token, lambda: at)

    def named(self, token: str, at: datetime = NOW) -> str:
        return self.read(token, at).operator

    def reason(self, token: str, at: datetime = NOW) -> str:
        with pytest.raises(NoToken) as refused:
            self.read(token, at)
        return refused.value.reason

    def mapping(self, **changed: Any) -> "Ours":
        self.provider = replace(self.provider, mapped=replace(self.provider.mapped, **changed))
        return self


@pytest.fixture
def ours() -> Iterator[Ours]:
    with small_provider(KEY) as small, httpx.Client(timeout=2) as http:
        clock: list[Ours] = []
        keys = ProviderKeys(small.issuer, http, lambda: clock[0].seconds)
        made = Ours(small, Provider(keys, Mapped(small.issuer, "staffetta", KNOWN)))
        clock.append(made)
        yield made


def test_a_token_names_who_acts_and_how_they_proved_it(ours: Ours) -> None:
    assert ours.read(ours.small.token(KEY)) == Bearer(
        str(CLAIMS["sub"]),
        "hotline",
        frozenset({"hotline-operator"}),
        datetime.fromtimestamp(AT - 60, UTC),
        frozenset({"pwd", "otp"}),
    )


def test_what_a_provider_does_not_say_is_not_made_up(ours: Ours) -> None:
    bearer = ours.read(ours.small.token(KEY, auth_time=None, amr=None))
    assert (bearer.authenticated_at, bearer.factors) == (None, frozenset())


def test_claims_are_found_where_the_settings_say(ours: Ours) -> None:
    claims: dict[str, Any] = {
        "organisation": None,
        "roles": None,
        "realm_access": {"roles": ["street", "coordinator"]},
        "https://network.example/org": ["hotline"],
        "preferred_username": "op-7",
    }
    token = ours.small.token(KEY, None, **claims)
    assert ours.reason(token) == "without an organisation's id"
    found = ours.mapping(
        operator_claim="preferred_username",
        organisation_claim="https://network.example/org",
        roles_claim="realm_access.roles",
        roles={"street": "case-manager"},
    ).read(token)
    assert (found.operator, found.organisation) == ("op-7", "hotline")
    assert found.roles == {"case-manager", "coordinator"}


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"aud": "another-service"}, "for another audience"),
        ({"aud": None}, "for another audience"),
        ({"aud": ["staffetta-cli"]}, "for another audience"),
        ({"iss": "https://elsewhere.example"}, "invalid"),
        ({"iss": None}, "invalid"),
        ({"exp": None}, "invalid"),
        ({"exp": "tomorrow"}, "invalid"),
        ({"typ": "ID"}, "no access token"),
        ({"typ": "Refresh"}, "no access token"),
        ({"typ": None, "at_hash": "x"}, "no access token"),
        ({"typ": None, "nonce": "x"}, "no access token"),
        ({"sub": None}, "without an operator's id"),
        ({"sub": "rosa@example.org"}, "without an operator's id"),
        ({"sub": "hotline/op-1"}, "without an operator's id"),
        ({"sub": 7}, "invalid"),
        ({"organisation": "hot/line"}, "without an organisation's id"),
        ({"organisation": ["hotline", "police"]}, "without an organisation's id"),
        ({"roles": []}, "without a role of this network"),
        ({"roles": ["admin"]}, "without a role of this network"),
        ({"roles": "coordinator"}, "without a role of this network"),
        ({"roles": {"coordinator": True}}, "without a role of this network"),
        ({"auth_time": "now"}, "invalid"),
        ({"auth_time": True}, "invalid"),
        ({"amr": "otp"}, "invalid"),
    ],
    ids=str,
)
def test_a_claim_that_says_something_else_names_nobody(
    ours: Ours, changed: dict[str, Any], why: str
) -> None:
    assert ours.reason(ours.small.token(KEY, **changed)) == why


def test_no_provider_can_make_an_operator_a_service(ours: Ours) -> None:
    assert ours.reason(ours.small.token(KEY, roles=["service"])) == "without a role of this network"
    both = ours.read(ours.small.token(KEY, roles=["service", "case-manager"]))
    assert both.roles == {"case-manager"}


def test_a_token_of_another_client_is_refused_where_clients_are_named(ours: Ours) -> None:
    other = ours.small.token(KEY, azp="another-application")
    assert ours.named(other)
    ours.mapping(clients=frozenset({"staffetta-cli"}))
    assert ours.reason(other) == "of another client"
    assert ours.reason(ours.small.token(KEY, azp=None)) == "of another client"
    assert ours.named(ours.small.token(KEY))
    assert ours.named(ours.small.token(KEY, azp=None, client_id="staffetta-cli"))


def test_clocks_may_differ_a_little_both_ways_and_no_more(ours: Ours) -> None:
    leeway = timedelta(seconds=LEEWAY_SECONDS)
    token, end = ours.small.token(KEY, nbf=AT), NOW + timedelta(seconds=300)
    assert ours.named(token, end + leeway - timedelta(seconds=1))
    assert ours.reason(token, end + leeway) == "expired"
    assert ours.reason(token, end + leeway + timedelta(hours=1)) == "expired"
    assert ours.named(token, NOW - leeway)
    assert ours.reason(token, NOW - leeway - timedelta(seconds=1)) == "invalid"
    only_issued = ours.small.token(KEY)
    assert ours.named(only_issued, NOW - leeway)
    assert ours.reason(only_issued, NOW - leeway - timedelta(seconds=1)) == "invalid"


def test_a_token_that_nobody_signed_names_nobody(ours: Ours) -> None:
    claims = PART(json.dumps({"iss": ours.small.issuer, **CLAIMS}).encode()).decode().rstrip("=")
    signature = ours.small.token(KEY).rpartition(".")[2]
    for algorithm in ("none", "None", "NONE", ""):
        header = PART(json.dumps({"alg": algorithm, "kid": KEY.kid}).encode()).decode().rstrip("=")
        for given in ("", signature):
            assert ours.reason(f"{header}.{claims}.{given}") == "invalid"


def test_the_public_key_is_no_shared_secret(ours: Ours) -> None:
    """HS256 under the bytes of the key that everybody may know is the oldest forgery."""
    claims = PART(json.dumps({"iss": ours.small.issuer, **CLAIMS}).encode()).decode().rstrip("=")
    for algorithm, digest in (("HS256", "sha256"), ("HS512", "sha512")):
        told = json.dumps({"alg": algorithm, "kid": KEY.kid, "typ": "JWT"}).encode()
        unsigned = f"{PART(told).decode().rstrip('=')}.{claims}"
        for secret in (KEY.as_pem(private=False), KEY.as_der(private=False)):
            signature = PART(hmac.digest(secret, unsigned.encode(), digest)).decode().rstrip("=")
            assert ours.reason(f"{unsigned}.{signature}") == "invalid"


def test_a_shared_secret_that_a_provider_publishes_opens_nothing(ours: Ours) -> None:
    ours.small.told["/keys"] = {"keys": [{"kty": "oct", "k": "c2VjcmV0", "kid": "s"}]}
    with pytest.raises(ProviderAway):
        ours.read(ours.small.token(KEY))


def test_another_key_under_a_known_id_does_not_fit(ours: Ours) -> None:
    forged = RSAKey.generate_key(2048, {"kid": str(KEY.kid), "alg": "RS256"})
    assert ours.reason(ours.small.token(forged)) == "invalid"
    same = RSAKey.import_key({**KEY.as_dict(private=True), "alg": "PS256"})
    assert ours.reason(ours.small.token(same)) == "invalid"


@pytest.mark.parametrize("typ", ["at+jwt", "application/at+jwt", "JWT", "jwt"])
def test_an_access_token_may_say_so_in_its_header(ours: Ours, typ: str) -> None:
    assert ours.named(ours.small.token(KEY, {"typ": typ}))
    assert ours.reason(ours.small.token(KEY, {"typ": "logout+jwt"})) == "no access token"


@pytest.mark.parametrize("token", ["", "a", "a.b.c", "a.b", "....", "\xe9.b.c", "x" * 20_000])
def test_what_is_no_token_names_nobody(ours: Ours, token: str) -> None:
    assert ours.reason(token) == "invalid"
    assert issuer_of(token) == ""


def test_a_rotated_key_is_fetched_when_it_is_first_seen(ours: Ours) -> None:
    assert ours.named(ours.small.token(KEY))
    ours.small.keys = [KEY, NEXT]
    ours.seconds += REST_SECONDS
    assert ours.named(ours.small.token(NEXT))
    assert ours.named(ours.small.token(KEY))


def test_made_up_key_ids_do_not_make_us_a_nuisance(ours: Ours) -> None:
    assert ours.named(ours.small.token(KEY))
    asked = len(ours.small.asked)
    for _ in range(50):
        assert ours.reason(ours.small.token(rsa())) == "invalid"
    assert len(ours.small.asked) == asked
    ours.seconds += REST_SECONDS
    for _ in range(50):
        assert ours.reason(ours.small.token(NEXT)) == "invalid"
    assert len(ours.small.asked) == asked + 2  # discovery and keys, once


def test_a_key_that_was_withdrawn_is_forgotten(ours: Ours) -> None:
    assert ours.named(ours.small.token(KEY))
    ours.small.keys = [NEXT]
    ours.seconds += FRESH_SECONDS + 1
    assert ours.named(ours.small.token(NEXT))
    assert ours.reason(ours.small.token(KEY)) == "invalid"


def _fails(small: Small) -> None:
    small.status = 500


def _talks_nonsense(small: Small) -> None:
    small.told["/keys"] = ["what?"]


def _is_another(small: Small) -> None:
    small.told["/.well-known/openid-configuration"] = {
        **small.answer("/.well-known/openid-configuration"),
        "issuer": "https://elsewhere.example",
    }


def _points_elsewhere(small: Small) -> None:
    small.told["/.well-known/openid-configuration"] = {
        **small.answer("/.well-known/openid-configuration"),
        "jwks_uri": "http://elsewhere.example/keys",
    }


@pytest.mark.parametrize("mood", [_fails, _talks_nonsense, _is_another, _points_elsewhere])
def test_keys_outlast_a_provider_that_is_away_for_an_hour_and_no_longer(
    ours: Ours, mood: Callable[[Small], None]
) -> None:
    token = ours.small.token(KEY)
    assert ours.named(token)
    mood(ours.small)
    for ours.seconds in (FRESH_SECONDS + 1, LASTS_SECONDS - 1):
        assert ours.named(token)
        assert ours.provider.keys.trouble() == ""
    ours.seconds = LASTS_SECONDS + 1
    with pytest.raises(ProviderAway):
        ours.read(token)
    assert ours.provider.keys.trouble() == "its keys cannot be fetched"
    ours.small.status, ours.small.told = 200, {}
    ours.seconds += REST_SECONDS
    assert ours.named(token)


def test_while_a_provider_never_answered_nobody_is_let_in(ours: Ours) -> None:
    _fails(ours.small)
    with pytest.raises(ProviderAway):
        ours.read(ours.small.token(KEY))


def test_one_key_alone_need_not_be_named(ours: Ours) -> None:
    """OpenID Connect Core, 10.1."""
    unnamed = ours.small.token(KEY, {"kid": None})
    assert ours.named(unnamed)
    ours.small.keys = [KEY, NEXT]
    ours.seconds += FRESH_SECONDS + 1
    assert ours.named(ours.small.token(NEXT))
    assert ours.reason(unnamed) == "invalid"


def test_a_key_for_encryption_proves_nothing(ours: Ours) -> None:
    sealing = RSAKey.generate_key(2048, {"kid": "enc", "use": "enc"})
    ours.small.keys = [KEY, sealing]
    signing = RSAKey.import_key({**sealing.as_dict(private=True), "use": "sig", "alg": "RS256"})
    assert ours.reason(ours.small.token(signing)) == "invalid"
