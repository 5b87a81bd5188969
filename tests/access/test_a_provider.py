"""What holds with any OpenID provider: a small one of the tests, and a real Keycloak.

`make test-provider` runs it with Keycloak, which needs Java 17 and Maven.
"""

import threading
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jws

from shared.trust.openid.keys import (
    FRESH_SECONDS,
    LASTS_SECONDS,
    REST_SECONDS,
    discovered,
)
from shared.trust.openid.reading import LEEWAY_SECONDS
from shared.trust.tokens import ProviderAway
from staffetta.access.client import Client, NoLogin
from staffetta.access.login import through_a_browser
from staffetta.demo import NETWORK
from staffetta.installation import now
from tests.access.providers import (
    ANOTHER,
    CLIENT,
    LASTING,
    ORGANISATION,
    ROLE,
    AProvider,
)
from tests.access.reading import Ours
from tests.access.signing_in import VERIFIER, asked_for_a_code, exchanged, in_a_browser, signed_in
from tests.staffetta.processes import started
from tests.staffetta.test_cli_stopping import address_of
from tests.trust.provider import rsa

CONTACT = {"channel": "hotline", "received_on": "2026-03-08", "area": "IT-BO", "language": "sq"}


def test_who_signs_in_is_who_acts_and_it_says_how_and_when(provider: AProvider, ours: Ours) -> None:
    before = datetime.now(UTC) - timedelta(seconds=LEEWAY_SECONDS)
    bearer = ours.read(signed_in(provider))
    assert bearer.operator == provider.operator
    assert bearer.organisation == ORGANISATION
    assert bearer.roles == {ROLE}
    assert bearer.factors == {"pwd", "otp"}
    assert bearer.authenticated_at is not None
    assert before <= bearer.authenticated_at <= now() + timedelta(seconds=LEEWAY_SECONDS)


def test_without_proof_of_who_began_a_code_is_worth_nothing(provider: AProvider) -> None:
    refused = asked_for_a_code(provider, code_challenge="", code_challenge_method="")
    assert "code" not in refused
    assert refused["error"] == ["invalid_request"]
    assert "code" not in asked_for_a_code(provider, code_challenge_method="plain")
    (stolen,) = asked_for_a_code(provider)["code"]
    answer = exchanged(provider, stolen, code_verifier=VERIFIER[::-1])
    assert (answer.status_code, "access_token" in answer.json()) == (400, False)
    (code,) = asked_for_a_code(provider)["code"]
    assert exchanged(provider, code).status_code == 200
    assert exchanged(provider, code).status_code == 400, "a code is good once"


def test_what_comes_back_to_another_sign_in_is_not_taken(provider: AProvider) -> None:
    def show(address: str) -> None:
        def attack() -> None:
            (code,) = asked_for_a_code(provider)["code"]
            back = parse_qs(urlsplit(address).query)["redirect_uri"][0]
            httpx.get(back, params={"code": code, "state": "of-the-attacker"})

        threading.Thread(target=attack, daemon=True).start()

    with httpx.Client(timeout=60) as http:
        client = Client(CLIENT, discovered(http, provider.issuer), http)
        with pytest.raises(NoLogin, match="does not belong"):
            through_a_browser(client, show)


def test_an_answer_of_another_provider_is_not_taken(provider: AProvider) -> None:
    """RFC 9207, 2.4: who was asked must be who answers."""

    def show(address: str) -> None:
        asked = parse_qs(urlsplit(address).query)
        told = {"code": "x", "state": asked["state"][0], "iss": "https://elsewhere.example"}
        back = (asked["redirect_uri"][0],)
        threading.Thread(target=httpx.get, args=back, kwargs={"params": told}, daemon=True).start()

    with httpx.Client(timeout=60) as http:
        client = Client(CLIENT, discovered(http, provider.issuer), http)
        with pytest.raises(NoLogin, match="Another provider"):
            through_a_browser(client, show)


def test_a_token_for_another_application_lets_nobody_in(provider: AProvider, ours: Ours) -> None:
    assert ours.reason(signed_in(provider, ANOTHER)) == "for another audience"


def test_an_identity_token_lets_nobody_in(provider: AProvider, ours: Ours) -> None:
    (code,) = asked_for_a_code(provider)["code"]
    told = exchanged(provider, code).json()
    assert ours.read(told["access_token"]).operator == provider.operator
    assert ours.reason(told["id_token"]) in {"for another audience", "no access token"}


def test_an_expired_token_lets_nobody_in_and_clocks_may_differ_by_half_a_minute(
    provider: AProvider, ours: Ours
) -> None:
    token = signed_in(provider)
    issued = datetime.now(UTC)
    ends, leeway = issued + timedelta(seconds=LASTING), timedelta(seconds=LEEWAY_SECONDS)
    few = timedelta(seconds=10)
    assert ours.read(token, issued - leeway + few).operator == provider.operator
    assert ours.read(token, ends + leeway - few - few).operator == provider.operator
    assert ours.reason(token, ends + leeway + few) == "expired"
    assert ours.reason(token, issued - leeway - timedelta(minutes=2)) == "invalid"


def test_a_forged_signature_lets_nobody_in(provider: AProvider, ours: Ours) -> None:
    head, claims, signature = signed_in(provider).split(".")
    kid = jws.extract_compact(f"{head}.{claims}.{signature}".encode()).protected["kid"]
    other = rsa()
    ours_signed = jws.serialize_compact(
        {"alg": "RS256", "kid": kid}, claims_bytes(claims), other, algorithms=["RS256"]
    )
    assert ours.reason(ours_signed) == "invalid"
    assert ours.reason(f"{head}.{claims}.{signature[:-8]}AAAAAAAA") == "invalid"


def claims_bytes(part: str) -> bytes:
    from joserfc.util import urlsafe_b64decode  # noqa: PLC0415  # beside its one use

    return urlsafe_b64decode(part.encode())


def test_a_rotated_key_is_found_and_a_withdrawn_one_forgotten(
    provider: AProvider, ours: Ours
) -> None:
    old = signed_in(provider)
    assert ours.read(old).operator == provider.operator
    provider.rotate()
    new = signed_in(provider)
    assert key_id(new) != key_id(old)
    ours.seconds += REST_SECONDS
    assert ours.read(new).operator == provider.operator
    assert ours.read(old).operator == provider.operator, "its key is still published"
    provider.withdraw()
    ours.seconds += FRESH_SECONDS + 1
    assert ours.read(new).operator == provider.operator
    assert ours.reason(old) == "invalid"


def key_id(token: str) -> object:
    return jws.extract_compact(token.encode()).protected["kid"]


def test_while_it_is_away_its_keys_last_an_hour_and_then_nobody_is_let_in(
    provider: AProvider, ours: Ours
) -> None:
    token = signed_in(provider)
    assert ours.read(token).operator == provider.operator
    with provider.away():
        ours.seconds += LASTS_SECONDS - 1
        assert ours.read(token).operator == provider.operator
        ours.seconds += 2 + REST_SECONDS
        with pytest.raises(ProviderAway):
            ours.read(token)
        assert ours.reader.keys.trouble()
    ours.seconds += REST_SECONDS
    assert ours.read(token).operator == provider.operator
    assert not ours.reader.keys.trouble()


def contact(address: str, token: str) -> httpx.Response:
    as_who = {"Authorization": f"Bearer {token}", "Idempotency-Key": uuid.uuid4().hex}
    where = f"{address}/identification/contacts"
    return httpx.post(where, json=CONTACT, headers=as_who, timeout=60)


@pytest.mark.usefixtures("environment")
def test_from_staffetta_login_to_a_request(provider: AProvider, tmp_path: Path) -> None:
    kept = tmp_path / "token"
    with started("login", "--no-browser", "--keep", kept) as asking:
        line = asking.wait_for("Sign in here: ")
        in_a_browser(provider, line.partition("Sign in here: ")[2].strip())
        ended = asking.end()
    assert (ended.code, ended.out) == (0, "")
    assert kept.stat().st_mode & 0o777 == 0o600
    token = kept.read_text()
    assert token not in ended.err
    data = ("--data", tmp_path / "var", "--port", "0", "--network", NETWORK)
    with started("serve", *data) as serving:
        address = address_of(serving)
        assert contact(address, token).status_code == 201
        foreign = contact(address, signed_in(provider, ANOTHER))
        assert (foreign.status_code, foreign.json()["rule"]) == (401, "who-acts-is-known")
        assert contact(address, token[:-8] + "AAAAAAAA").status_code == 401


@pytest.mark.usefixtures("environment")
def test_a_service_that_begins_while_it_is_away_answers_503_until_it_is_back(
    provider: AProvider, tmp_path: Path
) -> None:
    token = signed_in(provider)
    data = ("--data", tmp_path / "var", "--port", "0", "--network", NETWORK)
    with started("serve", *data) as serving:
        address = address_of(serving)
        with provider.away():
            refused = contact(address, token)
        assert refused.status_code == 503
        assert refused.json()["rule"] == "who-acts-is-known"
        assert int(refused.headers["retry-after"]) > 0
        assert token not in refused.text
        assert soon(lambda: contact(address, token).status_code == 201)


def soon(came: Callable[[], bool]) -> bool:
    """Within what the keys rest between two looks, and a little more."""
    ends = time.monotonic() + 2 * REST_SECONDS
    while not came():
        if time.monotonic() > ends:
            return False
        time.sleep(1)
    return True
