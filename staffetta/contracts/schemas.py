"""A contract as JSON Schema 2020-12, as its sender writes it.

The schema is closed: a sender writes these fields and no other. A reader is open: it ignores the
fields that it does not know, so that it takes away `additionalProperties` before it validates.
"""

from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from shared.contracts.envelope import Contract

Schema = dict[str, Any]
DIALECT = "https://json-schema.org/draft/2020-12/schema"


class _NoFieldTitles(GenerateJsonSchema):
    """Without titles that only repeat the fields' names."""

    def field_title_should_be_set(self, _schema: Any) -> bool:
        return False


def schema_of(contract: type[Contract]) -> Schema:
    """The schema of what is written today; a field with a default may be absent from older rows."""
    made = contract.model_json_schema(mode="serialization", schema_generator=_NoFieldTitles)
    about = {"$schema": DIALECT, "$id": urn(contract.type), "title": "", "description": ""}
    return {**about, **_closed(made)}


def urn(type_: str) -> str:
    return f"urn:staffetta:contracts:{type_}"


def _closed(schema: Any) -> Any:
    """Every object closed, every description in one line."""
    match schema:
        case dict():
            inner = {name: _closed(value) for name, value in schema.items()}
            if isinstance(description := inner.get("description"), str):
                inner["description"] = " ".join(description.split())
            if inner.get("type") == "object" and "properties" in inner:
                inner["additionalProperties"] = False
            return inner
        case list():
            return [_closed(value) for value in schema]
        case _:
            return schema
