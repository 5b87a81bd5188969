"""A schema seen from other sides: with its references resolved, as a reader takes it, by its codes.

A contract holds no part of its own kind, so that every walk here comes to an end.
"""

import json
from collections.abc import Container
from typing import Any

from staffetta.contracts.schemas import Schema


def inlined(schema: Schema) -> Schema:
    """With each `$ref` replaced by what it means, and without the names of the whole."""
    named = schema.get("$defs", {})

    def of(part: Any) -> Any:
        match part:
            case {"$ref": str(reference), **beside}:
                return of(named[reference.rsplit("/", 1)[-1]]) | of(beside)
            case dict():
                return {name: of(value) for name, value in part.items() if name != "$defs"}
            case list():
                return [of(value) for value in part]
            case _:
                return part

    return {
        name: of(value) for name, value in schema.items() if name not in ("$schema", "$id", "$defs")
    }


def opened(schema: Any) -> Any:
    """As a reader takes it: unknown fields are ignored at every depth."""
    match schema:
        case dict():
            kept = {name: opened(value) for name, value in schema.items()}
            return {name: value for name, value in kept.items() if not _closes(name, value)}
        case list():
            return [opened(value) for value in schema]
        case _:
            return schema


def _closes(name: str, value: Any) -> bool:
    return name == "additionalProperties" and value is False


def codes(schema: Any) -> set[str]:
    """Every code that any closed list in it names."""
    match schema:
        case dict():
            own = {json.dumps(code) for code in schema.get("enum", []) if isinstance(code, str)}
            return own.union(*map(codes, schema.values()))
        case list():
            return set[str]().union(*map(codes, schema))
        case _:
            return set()


def beyond(schema: Schema, words: Container[str], path: str = "") -> dict[str, Schema]:
    """What the schema says with other words than these, by place."""
    found = {path: {word: value for word, value in schema.items() if word not in words}}
    for name, field in schema.get("properties", {}).items():
        found |= beyond(field, words, f"{path}/{name}")
    for number, choice in enumerate(schema.get("anyOf", [])):
        found |= beyond(choice, words, f"{path}|{number}")
    for word in ("items", "additionalProperties"):
        if isinstance(inner := schema.get(word), dict):
            found |= beyond(inner, words, f"{path}/{word}")
    return found
