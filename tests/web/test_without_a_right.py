"""Whatever the OpenAPI documents describe, sent with a forged token or with a valid one that gives
no right here: nothing is read, nothing is done, and no answer is a fault of the service."""

import base64
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from joserfc import jwt
from joserfc.jwk import OctKey, OKPKey
from schemathesis import Case
from schemathesis.core.transport import Response

from shared.codes import Role
from shared.trust.tokens import AUDIENCE, ISSUER
from staffetta.four import FOUR
from tests.support.web import Web
from tests.web.seeded import Seeded, seeded
from tests.web.test_anything_sent import BOUNDED, FOR_ANYBODY, answered, operations

# Who is in the network, what it offers and what was agreed; how far its services have come.
OF_THE_NETWORK = {"GET /organisations", "GET /offers", "GET /terms", "GET /positions"}
OF_ONE_ORGANISATION = sorted({*Role} - {Role.COORDINATOR, Role.AUDITOR})
FEW = settings(BOUNDED, max_examples=8)


@dataclass(frozen=True)
class Stranger:
    """Somebody with a key of their own, who knows what our tokens look like."""

    web: Web
    key: OKPKey

    def wrong_signature(self) -> str:
        return self._signed(self.key)

    def signature_of_another_token(self) -> str:
        head, claims, _ = self._signed(self.key).split(".")
        return f"{head}.{claims}.{self._signed(self.web.key, roles=[]).split('.')[2]}"

    def no_algorithm(self) -> str:
        head = _part(b'{"alg":"none"}')
        return f"{head}.{_part(json.dumps(self._claims()).encode())}."

    def shared_secret(self) -> str:
        """The public key, which everybody may have, taken for a secret (RFC 8725, 2.1)."""
        public = self.web.key.as_dict(private=False)["x"]
        secret = OctKey.import_key({"kty": "oct", "k": str(public)})
        return jwt.encode({"alg": "HS256"}, self._claims(), secret, algorithms=["HS256"])

    def key_of_its_own_in_the_header(self) -> str:
        return self._signed(self.key, {"jwk": self.key.as_dict(private=False)})

    def other_audience(self) -> str:
        return self._signed(self.web.key, aud="another-service")

    def other_issuer(self) -> str:
        return self._signed(self.web.key, iss="https://elsewhere.example")

    def expired(self) -> str:
        return self._signed(self.web.key, exp=int(self.web.clock().timestamp()))

    def without_end(self) -> str:
        return self._signed(self.web.key, exp=None)

    def _signed(self, key: OKPKey, head: dict[str, Any] | None = None, **changed: object) -> str:
        claims = {
            name: told for name, told in {**self._claims(), **changed}.items() if told is not None
        }
        return jwt.encode({"alg": "Ed25519", **(head or {})}, claims, key, algorithms=["Ed25519"])

    def _claims(self) -> dict[str, Any]:
        ends = self.web.clock() + timedelta(hours=1)
        return {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": "op-1",
            "org": "regione",
            "roles": [Role.CASE_MANAGER, Role.COORDINATOR],
            "iat": int(self.web.clock().timestamp()),
            "exp": int(ends.timestamp()),
        }


FORGED: list[Callable[[Stranger], str]] = [
    Stranger.wrong_signature,
    Stranger.signature_of_another_token,
    Stranger.no_algorithm,
    Stranger.shared_secret,
    Stranger.key_of_its_own_in_the_header,
    Stranger.other_audience,
    Stranger.other_issuer,
    Stranger.expired,
    Stranger.without_end,
]


def _part(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def services() -> list[str]:
    return [part.name for part in FOUR]


@pytest.mark.parametrize("name", services())
def test_with_a_forged_token_every_answer_is_that_it_is_none(name: str, tmp_path: Path) -> None:
    service = seeded(name, tmp_path)
    stranger = Stranger(service.web, OKPKey.generate_key("Ed25519"))
    tokens = [forge(stranger) for forge in FORGED]
    turn = 0

    def send(case: Case[Any], _organisation: str) -> Response:
        nonlocal turn
        turn += 1
        answer = case.call(headers=headers(case, tokens[turn % len(tokens)]))
        assert answer.json()["rule"] == "who-acts-is-known"
        return answer

    before = entries(service)
    for operation in operations(service):
        if operation.label not in FOR_ANYBODY:
            assert answered(operation, service, FEW, send) == {401}
    assert turn > len(tokens)
    assert entries(service) == before, "strangers at the door are counted, not logged"
    service.web.store.close()


@pytest.mark.parametrize("forge", FORGED, ids=lambda forge: forge.__name__)
def test_each_forgery_is_one_and_the_same_claims_rightly_signed_are_none(
    forge: Callable[[Stranger], str], tmp_path: Path
) -> None:
    service = seeded("identification", tmp_path)
    forged = forge(Stranger(service.web, OKPKey.generate_key("Ed25519")))
    assert service.web.get("/positions", forged).status_code == 401
    right = Stranger(service.web, service.web.key).wrong_signature()
    assert service.web.get("/cases", right).status_code == 200
    service.web.store.close()


@pytest.mark.parametrize("name", services())
def test_who_has_no_role_here_does_nothing_and_reads_of_nobody(name: str, tmp_path: Path) -> None:
    service = seeded(name, tmp_path)
    token = service.web.token("elsewhere")

    def send(case: Case[Any], _organisation: str) -> Response:
        answer = case.call(headers=headers(case, token))
        assert answer.status_code < 500
        if answer.status_code < 300 and case.operation.label not in OF_THE_NETWORK:
            assert case.method == "GET", case.operation.label
            assert answer.json() == {"items": [], "next": None}, case.operation.label
        return answer

    for operation in operations(service):
        answered(operation, service, FEW, send)
    service.web.store.close()


@pytest.mark.parametrize("name", services())
def test_another_organisation_reads_nothing_of_a_case(name: str, tmp_path: Path) -> None:
    service = seeded(name, tmp_path)
    token = service.web.token("elsewhere", *OF_ONE_ORGANISATION)
    case = service.known.get("case", "no case here")

    def send(asked: Case[Any], _organisation: str) -> Response:
        answer = asked.call(headers=headers(asked, token))
        assert answer.status_code < 500
        assert answer.status_code >= 300 or case not in answer.text, asked.operation.label
        return answer

    for operation in operations(service):
        answered(operation, service, FEW, send)
    service.web.store.close()


def headers(case: Case[Any], token: str) -> dict[str, str]:
    key = {"Idempotency-Key": uuid.uuid4().hex}
    return key | dict(case.headers) | {"Authorization": f"Bearer {token}"}


def entries(service: Seeded) -> int:
    rows = service.web.store.rows("SELECT size FROM audit_head")
    return int(str(rows[0]["size"]))
