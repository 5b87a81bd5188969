"""Tokens at the door: whoever is not named by one is turned away, and told how to come back."""

from datetime import timedelta

import pytest
from joserfc.jwk import OKPKey

from shared.codes import Role
from shared.trust.tokens import Bearer, issue
from tests.support.web import Web
from tests.web.asking import INTAKE, NAME, hotline, in_latin_1, problem

RULE = "who-acts-is-known"
ADDRESSES = ["/contacts", "/cases", f"/cases/case-{'0' * 32}", "/positions", "/outbox/x"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_without_a_token_nothing_is_read(web: Web, address: str) -> None:
    answer = web.client.get(address)
    assert problem(answer, 401, RULE)["title"] == "There is no token."
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("body", [INTAKE, {}, {NAME: NAME}, None])
def test_without_a_token_nothing_is_done_whatever_is_sent(
    web: Web, body: dict[str, str] | None
) -> None:
    answer = web.client.post("/contacts", json=body, headers={"Idempotency-Key": "k-1"})
    problem(answer, 401, RULE)
    assert web.store.rows("SELECT key FROM contacts") == []


@pytest.mark.parametrize("content", [b"{", b'{"narrative": "\xff"}', b"[" * 100_000, b"", b"x"])
def test_without_a_token_nothing_is_even_read(web: Web, content: bytes) -> None:
    for kind in ("application/json", "text/plain"):
        answer = web.client.post("/contacts", content=content, headers={"Content-Type": kind})
        problem(answer, 401, RULE)


@pytest.mark.parametrize("address", ["/nowhere", "/contacts/", "/openapi.yaml", "/openapi.json/"])
def test_without_a_token_nobody_learns_what_is_there(web: Web, address: str) -> None:
    problem(web.client.get(address, follow_redirects=False), 401, RULE)
    problem(web.client.delete("/contacts"), 401, RULE)


def test_what_a_service_is_anybody_may_know(web: Web) -> None:
    assert web.client.get("/openapi.json").status_code == 200
    problem(web.client.get(f"/openapi.json/../contacts?{NAME}"), 401, RULE)


@pytest.mark.parametrize(
    "given", ["", "Basic {}", "Token {}", "{}", "Bearer", "Bearer  ", f"Digest {NAME}"]
)
def test_another_scheme_is_no_token(web: Web, given: str) -> None:
    header = {"Authorization": given.format(hotline(web))}
    answer = web.client.get("/contacts", headers=header)
    assert problem(answer, 401, RULE)["title"] == "There is no token."
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("token", [NAME, "a.b.c", "{}x", "\xe9", "x" * 20_000, "{}.{}"])
def test_a_forged_token_is_invalid(web: Web, token: str) -> None:
    header = {"Authorization": f"Bearer {token.replace('{}', hotline(web))}"}
    answer = web.client.get("/contacts", headers=in_latin_1(header))
    assert problem(answer, 401, RULE)["title"] == "The token is invalid."
    assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'


def test_a_token_of_another_installation_is_invalid(web: Web) -> None:
    bearer = Bearer("op-1", "hotline", frozenset({Role.HOTLINE_OPERATOR}))
    foreign = issue(OKPKey.generate_key("Ed25519"), bearer, web.clock(), timedelta(hours=1))
    told = problem(web.post("/contacts", INTAKE, foreign), 401, RULE)
    assert told["title"] == "The token is invalid."


def test_a_token_is_valid_until_it_expires(web: Web) -> None:
    token = hotline(web)
    web.clock.now += timedelta(minutes=59, seconds=59)
    assert web.post("/contacts", INTAKE, token).status_code == 201
    web.clock.now += timedelta(seconds=1)
    answer = web.post("/contacts", INTAKE, token)
    assert problem(answer, 401, RULE)["title"] == "The token is expired."
    assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'


def test_the_scheme_is_known_in_any_case(web: Web) -> None:
    """RFC 9110, 11.1: the name of a scheme is case-insensitive."""
    header = {"Authorization": f"bEARER {hotline(web)}"}
    assert web.client.get("/contacts", headers=header).status_code == 200


def test_who_acts_is_said_by_the_token_and_never_by_the_body(web: Web) -> None:
    for claimed in ("organisation", "operator", "roles", "org", "by"):
        told = problem(
            web.post("/contacts", INTAKE | {claimed: "regione"}, hotline(web)),
            422,
            "the-request-can-be-read",
        )
        assert "regione" not in str(told)
