"""An installation with one account that can sign in, behind its real HTTP; and the providers."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from shared.trust.openid.claims import Mapped
from shared.trust.openid.keys import ProviderKeys
from shared.trust.openid.reading import Provider
from staffetta.access.accounts import set_password, set_secret
from staffetta.access.passwords import code_at, new_secret
from staffetta.access.settings import ROLES
from staffetta.accounts import keep_accounts
from staffetta.installation import Installation, open_installation
from staffetta.network import Account
from staffetta.serving import together
from tests.access.keycloak import keycloak
from tests.access.providers import ORGANISATION, ROLE, AProvider, InTheTest, claims_of
from tests.access.reading import Ours
from tests.support.web import Clock
from tests.trust.provider import rsa, small_provider

WHO, PASSWORD = "op-hotline-1", "una staffetta sul monte"
START = datetime(2026, 3, 8, 21, 30, tzinfo=UTC)


@dataclass
class Desk:
    """Signs in and asks, at a time that the test sets."""

    installation: Installation
    client: TestClient
    clock: Clock
    secret: bytes = field(default_factory=new_secret)

    def code(self) -> str:
        return code_at(self.secret, self.clock())

    def sign_in(self, operator: str = WHO, password: str = PASSWORD, code: str = "") -> Response:
        told = {"operator": operator, "password": password, "code": code or self.code()}
        return self.client.post("/session", json=told)

    def token(self) -> str:
        answer = self.sign_in()
        assert answer.status_code == 201, answer.text
        return str(answer.json()["token"])

    def ask(self, token: str) -> Response:
        given = {"Authorization": f"Bearer {token}"}
        return self.client.get("/identification/contacts", headers=given)

    def leave(self, token: str) -> Response:
        return self.client.delete("/session", headers={"Authorization": f"Bearer {token}"})


def opened(directory: Path, clock: Clock) -> Desk:
    """Sessions, codes and waits go by the test's clock."""
    installation = open_installation(directory, clock)
    client = TestClient(together(installation), base_url="http://127.0.0.1:8290")
    return Desk(installation, client, clock)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = opened(tmp_path, Clock(START))
    with closing(made.installation):
        account = Account(
            operator=WHO, organisation="numero-verde", roles=frozenset({"hotline-operator"})
        )
        keep_accounts(tmp_path, [account])
        set_password(made.installation.access, WHO, PASSWORD)
        set_secret(made.installation.access, WHO, made.secret, made.code(), START)
        made.clock.now = datetime(2026, 3, 8, 21, 31, tzinfo=UTC)  # that code is spent
        yield made


@contextmanager
def in_the_test(_directory: Path) -> Iterator[AProvider]:
    with small_provider(rsa()) as small:
        small.claims = claims_of
        yield InTheTest(small)


@contextmanager
def a_keycloak(directory: Path) -> Iterator[AProvider]:
    with keycloak(directory) as running:
        running.set_up(ORGANISATION, ROLE)
        yield running


@pytest.fixture(
    scope="session",
    params=[
        pytest.param(in_the_test, id="in-the-test"),
        pytest.param(
            a_keycloak, id="keycloak", marks=[pytest.mark.provider, pytest.mark.timeout(700)]
        ),
    ],
)
def provider(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[AProvider]:
    with request.param(tmp_path_factory.mktemp("provider")) as made:
        yield made


@pytest.fixture
def environment(provider: AProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAFFETTA_OIDC_ISSUER", provider.issuer)
    monkeypatch.setenv("STAFFETTA_OIDC_AUDIENCE", "staffetta")


@pytest.fixture
def ours(provider: AProvider) -> Iterator[Ours]:
    with httpx.Client(timeout=3) as http:
        clock: list[Ours] = []
        keys = ProviderKeys(provider.issuer, http, lambda: clock[0].seconds)
        clock.append(Ours(Provider(keys, Mapped(provider.issuer, "staffetta", ROLES))))
        yield clock[0]
