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
from staffetta.contracts.shapes import beyond, codes, inlined, opened

# What jsoncompat was seen to judge right (tests/wire/test_schema_changes.py), or says nothing.
# It passes over all else without a word, patterns and formats too: that may not change at all.
_JUDGED = {
    *("type", "enum", "const", "required", "properties", "additionalProperties", "items", "anyOf"),
    *("minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems"),
    *("title", "description", "examples", "default"),
}


def breaks(type_: str, before: Schema, after: Schema) -> list[str]:
    """What a reader would not survive, a line each that names the type and the field."""
    before, after = inlined(before), inlined(after)
    by_field = list(_of_fields(before, after))
    whole = [f"as a whole: {what}" for what in _of_values(before, after)]
    return [f"{type_}: {what}" for what in by_field or whole]


def _of_fields(before: Schema, after: Schema) -> Iterator[str]:
    old, new = before.get("properties", {}), after.get("properties", {})
    needed, needed_now = set(before.get("required", [])), set(after.get("required", []))
    for field in sorted(old.keys() - new.keys()):
        yield f"{field}: removed or renamed; older readers would do without what it says"
    for field in sorted((new.keys() - old.keys()) & needed_now):
        yield f"{field}: new without a default; rows written before do not have it"
    for field, schema in new.items():
        if field in old:
            of_field = (
                *_of_presence(old[field], schema, field in needed, field in needed_now),
                *_of_values(old[field], schema),
            )
            yield from (f"{field}: {what}" for what in of_field)


def _of_presence(old: Schema, new: Schema, needed: bool, needed_now: bool) -> Iterator[str]:
    if needed and not needed_now:
        yield "may now be absent; older readers need it"
    if needed_now and not needed:
        yield "has lost its default; rows written before may not have it"
    elif "default" in old and old["default"] != new.get("default"):
        yield "another default; rows written before would be read otherwise"


def _of_values(old: Schema, new: Schema) -> Iterator[str]:
    added, gone = codes(new) - codes(old), codes(old) - codes(new)
    if not _judged(opened(old), new, "serializer"):
        yield f"older readers would refuse {_named(added) or 'some of what is now written'}"
    if not _judged(old, opened(new), "deserializer"):
        yield f"rows written before have {_named(gone) or 'values'} that would now be refused"
    was, now = beyond(old, _JUDGED), beyond(new, _JUDGED)
    if any(was[place] != now[place] for place in was.keys() & now.keys()):
        yield "its pattern, its format or the like has changed, and with it what is let in"


def _judged(old: Schema, new: Schema, role: Any) -> bool:
    """Serializer: is all that `new` writes read by `old`? Deserializer: the other way."""
    return jsoncompat.check_compat(json.dumps(old), json.dumps(new), role)


def _named(them: set[str]) -> str:
    return f"the code {', '.join(sorted(them))}" if them else ""
