"""The OpenAPI documents of the four services: valid, complete, and honest about refusals."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from staffetta.four import FOUR, Part
from tests.support.web import serve

AT_EVERY_DOOR = {"401", "413", "415", "422"}
TO_EVERY_COMMAND = AT_EVERY_DOOR | {"400", "403", "412"}
FOR_ANYBODY = {"post /receipt-verifications"}
PROBLEM = {"schema": {"$ref": "#/components/schemas/Problem"}}


@pytest.fixture(params=FOUR, ids=[part.name for part in FOUR])
def document(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, Any]]:
    """As it is served, to anybody."""
    part: Part = request.param
    web = serve("sqlite", part.service, part.app, tmp_path)
    yield web.client.get("/openapi.json").json()
    web.store.close()


def operations(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    found = [
        (f"{method} {path}", operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    assert len(found) >= 4
    return found


def test_a_document_is_valid(document: dict[str, Any]) -> None:
    OpenAPIV31SpecValidator(document).validate()
    told = {f"Staffetta: {part.name}": part.service.about for part in FOUR}
    assert document["info"]["description"] == told[document["info"]["title"]]


def test_every_operation_says_what_it_is_for(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        assert operation["description"].endswith("."), name
        assert operation["summary"], name
        assert operation["tags"], name


def test_every_operation_has_a_name_of_its_own(document: dict[str, Any]) -> None:
    named = Counter(operation["operationId"] for _name, operation in operations(document))
    assert set(named.values()) == {1}


def test_every_operation_wants_a_bearer(document: dict[str, Any]) -> None:
    (scheme,) = document["components"]["securitySchemes"].items()
    assert (scheme[1]["type"], scheme[1]["scheme"]) == ("http", "bearer")
    for name, operation in operations(document):
        wanted: list[dict[str, list[str]]] = [] if name in FOR_ANYBODY else [{scheme[0]: []}]
        assert operation["security"] == wanted, name


def test_every_refusal_is_described_as_a_problem(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        refusals = {code for code in operation["responses"] if not code.startswith("2")}
        wanted = TO_EVERY_COMMAND if _commands(operation) else AT_EVERY_DOOR
        wanted = wanted - {"401"} if name in FOR_ANYBODY else wanted
        assert wanted <= refusals, name
        for code in refusals:
            described = operation["responses"][code]
            assert described["content"] == {"application/problem+json": PROBLEM}, (name, code)
            assert described["description"].endswith("."), (name, code)


def _commands(operation: dict[str, Any]) -> bool:
    return "idempotency-key" in _headers(operation)


def _headers(operation: dict[str, Any]) -> set[str]:
    return {part["name"] for part in operation.get("parameters", ()) if part["in"] == "header"}


def test_every_command_takes_a_key_and_an_etag(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        asks = not name.startswith("post") or name in FOR_ANYBODY
        expected = set() if asks else {"idempotency-key", "if-match"}
        # A view for the person is said in a language.
        expected |= {"Accept-Language"} if name.endswith("/own-view") else set()
        assert _headers(operation) == expected, name


def test_a_problem_is_described_with_all_its_members(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    assert set(schemas["Problem"]["properties"]) == {
        "type",
        "title",
        "status",
        "detail",
        "rule",
        "faults",
    }
    assert set(schemas["FieldFault"]["properties"]) == {"field", "rule"}
    assert not {"HTTPValidationError", "ValidationError"} & set(schemas)


def test_no_request_takes_a_field_that_is_not_described(document: dict[str, Any]) -> None:
    """Nor does any take who acts from the body."""
    schemas = document["components"]["schemas"]
    for name, operation in operations(document):
        body = operation.get("requestBody")
        if body:
            (media,) = body["content"].items()
            assert media[0] == "application/json", name
            schema = schemas[media[1]["schema"]["$ref"].rsplit("/")[-1]]
            assert schema["additionalProperties"] is False, name
            # Who is named as the escort is somebody else than who acts.
            acts = {"operator", "roles", "by"} - (
                {"operator"} if name.endswith("/escort") else set()
            )
            assert not acts & set(schema["properties"]), name
