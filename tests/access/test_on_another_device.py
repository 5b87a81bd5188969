"""`staffetta login --device`, with a small provider of the tests and a real Keycloak."""

import time
from collections.abc import Callable, Iterator

import httpx
import pytest
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from shared.trust.openid.keys import discovered
from staffetta.access.client import Client, NoLogin
from staffetta.access.device import on_another_device
from tests.access.providers import CLIENT, AProvider, InTheTest
from tests.access.reading import Ours
from tests.access.signing_in import VERIFIER
from tests.staffetta.processes import started
from tests.trust.provider import Small, rsa, small_provider

Sleep = Callable[[float], None]


def nothing_shown(_address: str, _code: str) -> None:
    """The operator does not look."""


def signed_in(
    provider: AProvider, show: Callable[[str, str], None] = nothing_shown, sleep: Sleep = time.sleep
) -> str:
    with httpx.Client(timeout=60) as http:
        client = Client(CLIENT, discovered(http, provider.issuer), http)
        return on_another_device(client, show, sleep)


def test_who_types_the_code_elsewhere_is_who_acts_here(provider: AProvider, ours: Ours) -> None:
    with started("login", "--device", "--issuer", provider.issuer) as asking:
        words = asking.wait_for("Open ").split()
        provider.on_another_device(words[1], words[-1], lets=True)
        ended = asking.end()
    assert ended.code == 0, ended.err
    assert ours.read(ended.out.strip()).operator == provider.operator
    assert ended.out.strip() not in ended.err


def test_while_nobody_has_signed_in_it_waits_and_slows_down_when_told(
    provider: AProvider, ours: Ours
) -> None:
    """RFC 8628, 3.5: the pause grows by five seconds, for good."""
    shown: list[tuple[str, str]] = []
    pauses: list[float] = []

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 2:
            return  # too soon: the provider minds
        if len(pauses) == 4:
            provider.on_another_device(*shown[0], lets=True)
        time.sleep(min(seconds, 7))

    token = signed_in(provider, lambda *told: shown.append(told), sleep)
    assert ours.read(token).operator == provider.operator
    first = pauses[0]
    assert pauses == [first, first, first + 5, first + 5]


def test_who_is_refused_there_gets_no_token_here(provider: AProvider) -> None:
    with pytest.raises(NoLogin, match="refused there"):
        signed_in(provider, lambda *told: provider.on_another_device(*told, lets=False))


@pytest.fixture
def small() -> Iterator[Small]:
    with small_provider(rsa()) as made:
        yield made


def hurried(small: Small, show: Callable[[str, str], None] = nothing_shown) -> list[float]:
    """The pauses until it gave up, none of them slept."""
    pauses: list[float] = []
    with pytest.raises(NoLogin, match="ask for another"):
        signed_in(InTheTest(small), show, pauses.append)
    return pauses


def test_a_code_that_ran_out_there_is_said_to_have(small: Small) -> None:
    small.devices.lasting = 0
    small.devices.says = {"expires_in": 600}
    assert hurried(small) == [1]


def test_it_gives_up_when_the_code_has_run_out_whatever_the_provider_says(small: Small) -> None:
    small.devices.says = {"interval": 0, "expires_in": 3}
    small.devices.interval = -1.0  # it never minds
    assert hurried(small) == [1, 1, 1], "never without a pause, whatever it says"


@pytest.mark.parametrize(
    "says", [{"interval": "often"}, {"expires_in": -1}, {"user_code": None}, {"error": "no"}]
)
def test_an_answer_that_is_none_is_no_fault_of_ours(small: Small, says: dict[str, object]) -> None:
    small.devices.says = says
    with pytest.raises(NoLogin, match="does not let this client"):
        signed_in(InTheTest(small))


def test_a_provider_without_it_says_so(small: Small) -> None:
    path = "/.well-known/openid-configuration"
    small.told[path] = {**small.answer(path), "device_authorization_endpoint": None}
    with pytest.raises(NoLogin, match="offers no sign-in"):
        signed_in(InTheTest(small))


def fetched(provider: AProvider, **proof: str) -> httpx.Response:
    """The provider's answer to who fetches the token of a code that the operator has let in."""
    with httpx.Client(timeout=60) as http:
        where = discovered(http, provider.issuer)
        assert where.device_authorization_endpoint
        challenge = {"code_challenge": create_s256_code_challenge(VERIFIER)}
        asked = {"client_id": CLIENT, "scope": "openid", "code_challenge_method": "S256"}
        begun = http.post(where.device_authorization_endpoint, data={**asked, **challenge}).json()
        provider.on_another_device(begun["verification_uri"], begun["user_code"], lets=True)
        grant = "urn:ietf:params:oauth:grant-type:device_code"
        asked = {"grant_type": grant, "device_code": begun["device_code"], "client_id": CLIENT}
        return http.post(where.token_endpoint, data={**asked, **proof})


def test_who_overhears_the_code_cannot_fetch_the_token_with_it(provider: AProvider) -> None:
    """RFC 7636, which the realm of `deploy/keycloak` asks of this flow as well."""
    for refused in (fetched(provider, code_verifier=VERIFIER[::-1]), fetched(provider)):
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    assert "access_token" in fetched(provider, code_verifier=VERIFIER).json()
