"""Wrong requests to every route there is, with a canary in every place where one can be."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import httpx

from staffetta.four import FOUR

Token = Callable[[str], str]


def wrong_answers(http: httpx.Client, by: str, case: str, canary: str) -> Iterator[httpx.Response]:
    """What every operation of every service says to them."""
    for part in FOUR:
        document = http.get(f"/{part.name}/openapi.json").json()
        for path, methods in document["paths"].items():
            for method, operation in methods.items():
                for where in _places(path, case, canary):
                    address = f"/{part.name}{where}"
                    body = _body_of(document, operation)
                    yield from _asked(http, method, address, body, by, canary)


def _places(path: str, case: str, canary: str) -> set[str]:
    """With the canary for each part of the path, and with the real case."""
    spoiled = re.sub(r"\{\w+\}", canary, path)
    return {spoiled, re.sub(r"\{\w+\}", canary, path.replace("{case}", case))}


def _body_of(document: Mapping[str, Any], operation: Mapping[str, Any]) -> list[str]:
    """The fields of what is sent."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    named = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
    schema = document["components"]["schemas"].get(named, {})
    return list(schema.get("properties", {}))


def _asked(  # noqa: PLR0917  # a request has so many parts
    http: httpx.Client, method: str, address: str, fields: list[str], by: str, canary: str
) -> Iterator[httpx.Response]:
    known = {"Authorization": f"Bearer {by}", "Idempotency-Key": "k-wrong"}
    forged = {**known, "Authorization": f"Bearer {canary}"}
    stale = {**known, "If-Match": canary, "Accept": canary, "User-Agent": canary}
    odd = {"after": canary, "limit": canary}
    yield http.request(method, address, headers=forged)
    yield http.request(method, address, headers=stale, params=odd)
    if method != "post":
        return
    for each in (canary, [canary], {canary: canary}, 7):
        wrong = {**dict.fromkeys(fields, each), canary: canary}
        yield http.post(address, json=wrong, headers=known)
    for raw in (f'{{"name": "{canary}', canary, f"[{canary}]"):
        typed = {**known, "Content-Type": "application/json"}
        yield http.post(address, content=raw.encode(), headers=typed)
    yield http.post(address, content=canary.encode(), headers={**known, "Content-Type": canary})
