"""What the tests of the edge send, and how a refusal must look."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from httpx2 import Response

from shared.codes import Role
from tests.support.web import Web

# Somebody's name, as it could stand in any place of a request by mistake.
NAME = "Blessing Okafor"
INTAKE = {"channel": "hotline", "received_on": "2026-03-08", "area": "IT-BO", "language": "yo"}
MEMBERS = {"type", "title", "status", "detail", "rule", "faults"}
UNREADABLE = "the-request-can-be-read"


def hotline(web: Web, operator: str = "op-1") -> str:
    """A token of an operator who may report contacts and open cases."""
    return web.token("hotline", Role.HOTLINE_OPERATOR, operator=operator)


def intake(web: Web) -> str:
    """A contact; its id."""
    made = web.post("/contacts", INTAKE, hotline(web))
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


def opened(web: Web) -> str:
    """An open case; its id."""
    case = {
        "contact": intake(web),
        "area": "IT-BO",
        "exploitation": ["labour"],
        "age_group": "adult",
        "gender": "female",
        "citizenship": "NG",
    }
    made = web.post("/cases", case, hotline(web))
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


def send(
    web: Web, content: bytes | Iterable[bytes], headers: Mapping[str, str] | None = None
) -> Response:
    """Bytes as they are, to where contacts are reported."""
    given = {
        "Authorization": f"Bearer {hotline(web)}",
        "Idempotency-Key": "key-1",
        "Content-Type": "application/json",
    }
    return web.client.post("/contacts", content=content, headers=given | dict(headers or {}))


def in_latin_1(headers: Mapping[str, str]) -> dict[bytes, bytes]:
    """Headers with any byte, which a client would refuse to send by itself."""
    return {name.encode(): value.encode("latin-1") for name, value in headers.items()}


def problem(answer: Response, status: int, rule: str) -> dict[str, Any]:
    """The problem document (RFC 9457) that the answer is: of this status and rule, complete, and
    without a word of the name that was sent."""
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    told: dict[str, Any] = answer.json()
    assert set(told) == MEMBERS
    assert (told["status"], told["rule"]) == (status, rule)
    assert told["type"] == f"urn:staffetta:rule:{rule}"
    assert told["title"].endswith(".")
    assert told["detail"].endswith((".", "openapi.json"))
    unsaid(answer)
    return told


def unsaid(answer: Response, *words: str) -> None:
    """Nothing of the name, or of these words, is in the body or in a header."""
    headers = json.dumps(answer.headers.multi_items())
    for word in (*NAME.split(), *words):
        assert word.lower() not in answer.text.lower()
        assert word.lower() not in headers.lower()


def fields(told: Mapping[str, Any]) -> list[str]:
    """The fields that the problem names."""
    return [fault["field"] for fault in told["faults"]]
