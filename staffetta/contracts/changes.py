"""Which changes of a contract a reader would not survive, in words.

Two readers are asked about every change. The older one reads what is written from now on, closed
codes and all: it refuses a code that it does not know, so that a new code is a break unless the
field is no closed list. The newer one reads what was ever written, since outboxes keep their rows.

jsoncompat judges the values: closed as they are written, open as they are read.
"""

import json
from collections.abc import Iterator
from typing import Any

import jsoncompat

from staffetta.contracts.schemas import Schema

# What jsoncompat was seen to judge right (tests/wire/test_schema_changes.py), or says nothing.
_JUDGED = {"type", "enum", "const", "required", "properties", "additionalProperties", "items"} | {
    *("anyOf", "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems"),
    *("title", "description", "examples", "default"),
}
_WHOLE = "as a whole"


def breaks(type_: str, before: Schema, after: Schema) -> list[str]:
    """What a reader would not survive, a line each that names the type and the field."""
    before, after = _inlined(before), _inlined(after)
    found = [f"{type_}: {what}" for what in _of_fields(before, after)]
    if not found:
        found = [f"{type_}: {_WHOLE}: {what}" for what in _of_values(before, after)]
    return found


def _of_fields(before: Schema, after: Schema) -> Iterator[str]:
    old, new = before.get("properties", {}), after.get("properties", {})
    needed, needed_now = before.get("required", []), after.get("required", [])
    for field in old:
        if field not in new:
            yield f"{field}: removed or renamed; older readers would do without what it says"
    for field, schema in new.items():
        if field not in old:
            if field in needed_now:
                yield f"{field}: new without a default; rows written before do not have it"
            continue
        if field in needed and field not in needed_now:
            yield f"{field}: may now be absent; older readers need it"
        if field in needed_now and field not in needed:
            yield f"{field}: has lost its default; rows written before may not have it"
        if "default" in old[field] and old[field]["default"] != schema.get("default"):
            yield f"{field}: another default; rows written before would be read otherwise"
        yield from (f"{field}: {what}" for what in _of_values(old[field], schema))


def _of_values(old: Schema, new: Schema) -> Iterator[str]:
    added, gone = _codes(new) - _codes(old), _codes(old) - _codes(new)
    if not _judged(_opened(old), new, "serializer"):
        yield f"older readers would refuse {_named(added) or 'some of what is now written'}"
    if not _judged(old, _opened(new), "deserializer"):
        yield f"rows written before have {_named(gone) or 'values'} that would now be refused"
    was, now = _beyond(old), _beyond(new)
    if any(was[place] != now[place] for place in was.keys() & now.keys()):
        yield "its pattern, its format or the like has changed, and with it what is let in"


def _judged(old: Schema, new: Schema, role: Any) -> bool:
    """Serializer: is all that `new` writes read by `old`? Deserializer: the other way."""
    return jsoncompat.check_compat(json.dumps(old), json.dumps(new), role)


def _named(codes: set[str]) -> str:
    return f"the code {', '.join(sorted(codes))}" if codes else ""


def _codes(schema: Any) -> set[str]:
    """Every code that any closed list in it names."""
    match schema:
        case dict():
            own = {json.dumps(code) for code in schema.get("enum", []) if isinstance(code, str)}
            return own.union(*map(_codes, schema.values()))
        case list():
            return set[str]().union(*map(_codes, schema))
        case _:
            return set()


def _opened(schema: Any) -> Any:
    """As a reader takes it: unknown fields are ignored at every depth."""
    match schema:
        case dict():
            kept = {name: _opened(value) for name, value in schema.items()}
            return {name: value for name, value in kept.items() if not _closes(name, value)}
        case list():
            return [_opened(value) for value in schema]
        case _:
            return schema


def _closes(name: str, value: Any) -> bool:
    return name == "additionalProperties" and value is False


def _beyond(schema: Schema, path: str = "") -> dict[str, Schema]:
    """What jsoncompat passes over without a word, by place: it may not change at all."""
    found = {path: {word: value for word, value in schema.items() if word not in _JUDGED}}
    for name, field in schema.get("properties", {}).items():
        found |= _beyond(field, f"{path}/{name}")
    for number, choice in enumerate(schema.get("anyOf", [])):
        found |= _beyond(choice, f"{path}|{number}")
    for word in ("items", "additionalProperties"):
        if isinstance(inner := schema.get(word), dict):
            found |= _beyond(inner, f"{path}/{word}")
    return found


def _inlined(schema: Schema) -> Schema:
    """With each `$ref` replaced by what it means. A contract holds no part of its own kind."""
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

    made: Schema = of({name: schema[name] for name in schema if name not in ("$schema", "$id")})
    return made
