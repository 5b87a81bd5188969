"""Our schemas to a reader that is not ours, and what really lies in the outboxes to our schemas."""

import json
import re
import uuid
from typing import Any

import jsonschema_rs
import pytest
from jsonschema_rs import Draft202012Validator

from shared.contracts.envelope import STATISTICS
from shared.runtime.kafka.envelope import headers_of
from shared.runtime.message import Message
from staffetta.contracts.files import DIRECTORY, DOCUMENT
from staffetta.contracts.published import CONTRACTS
from staffetta.contracts.schemas import DIALECT
from tests.wire.relaying import outboxes_after_a_journey

TYPES = [contract.type for contract in CONTRACTS]


def read(name: str) -> Any:
    return json.loads((DIRECTORY / name).read_text("utf-8"))


def validator(schema: Any) -> Draft202012Validator:
    return Draft202012Validator(schema, validate_formats=True)


def headers_schema(of: str) -> Any:
    document = read(DOCUMENT)
    schemas = {"components": {"schemas": document["components"]["schemas"]}}
    return document["components"]["messages"][of]["headers"] | schemas


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> list[Message]:
    return outboxes_after_a_journey(tmp_path_factory.mktemp("journey") / "installation")


@pytest.mark.parametrize("of", TYPES)
def test_a_schema_is_one_by_the_2020_12_metaschema(of: str) -> None:
    schema = read(f"{of}.json")
    assert schema["$schema"] == DIALECT
    jsonschema_rs.meta.validate(schema)
    schema["properties"]["case"] = {"type": "words"}
    assert not jsonschema_rs.meta.is_valid(schema), "the metaschema would let anything pass"


@pytest.mark.parametrize("of", TYPES)
def test_a_schema_says_what_it_is_about(of: str) -> None:
    schema = read(f"{of}.json")
    assert schema["$id"] == f"urn:staffetta:contracts:{of}"
    assert schema["description"]
    assert schema["additionalProperties"] is False
    for name, field in schema["properties"].items():
        assert field.get("description") or "$ref" in json.dumps(field) or "format" in field, name


def test_a_journey_tells_one_of_each_type(rows: list[Message]) -> None:
    assert {row.type for row in rows} == set(TYPES)


def test_what_lies_in_the_outboxes_is_what_the_schemas_say(rows: list[Message]) -> None:
    for row in rows:
        schema = read(f"{row.type}.json")
        validator(schema).validate(json.loads(row.data))


def test_a_schema_lets_nothing_else_out(rows: list[Message]) -> None:
    """A positive control: the same rows with a field too many, one too few, or a free text."""
    for row in rows:
        schema = read(f"{row.type}.json")
        told, closed = json.loads(row.data), validator(schema)
        assert not closed.is_valid(told | {"name": "of a person"})
        for field in told:
            less = {name: told[name] for name in told if name != field}
            assert closed.is_valid(less) == ("default" in schema["properties"][field])
            wrong = "text" if isinstance(told[field], int) else 1
            assert not closed.is_valid(told | {field: wrong})


def test_the_headers_of_what_is_sent_are_those_of_the_document(rows: list[Message]) -> None:
    for row in rows:
        told = {name: value.decode() for name, value in headers_of(row, "00-4bf9-00f0-01")}
        schema = validator(headers_schema(row.type))
        schema.validate(told)
        for name in told.keys() - {"traceparent"}:
            assert not schema.is_valid({other: told[other] for other in told if other != name})
        assert not schema.is_valid(told | {"ce_type": "org.staffetta.elsewhere.met.v1"})


def test_an_id_is_random_and_a_contribution_s_time_is_its_month(rows: list[Message]) -> None:
    assert len({row.id for row in rows}) == len(rows)
    assert {uuid.UUID(row.id).version for row in rows} == {4}
    (contributed,) = (row for row in rows if row.topic == STATISTICS)
    assert contributed.at == f"{json.loads(contributed.data)['month']}-01T00:00:00Z"
    assert re.fullmatch("[0-9a-f]{32}", contributed.key)
    cases = {row.key for row in rows if "case" in json.loads(row.data)}
    assert len(cases) == 1
    assert not any(case.removeprefix("case-") in repr(contributed) for case in cases)
