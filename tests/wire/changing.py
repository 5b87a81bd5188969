"""A contract before and after a change, and real readers of both, for the tests of the check."""

import json
from dataclasses import dataclass
from typing import Any, ClassVar

from jsonschema_rs import Draft202012Validator
from pydantic import ValidationError, create_model

from shared.contracts.envelope import Contract
from staffetta.contracts.changes import breaks
from staffetta.contracts.schemas import schema_of

TYPE = "org.staffetta.tests.told.v1"


class _Told(Contract):
    type: ClassVar[str] = TYPE


def contract(**fields: Any) -> type[Contract]:
    """`name=(type, default)`, with `...` where there is no default."""
    return create_model("Told", __base__=_Told, **fields)


@dataclass(frozen=True)
class Change:
    """`says`: what the check answers, without the type. `to_older` is written after the change
    and `to_newer` was written before: what the reader on the other side is given."""

    old: type[Contract]
    new: type[Contract]
    says: tuple[str, ...] = ()
    to_older: dict[str, Any] | None = None
    to_newer: dict[str, Any] | None = None

    def judged(self) -> list[str]:
        found = breaks(TYPE, schema_of(self.old), schema_of(self.new))
        assert all(line.startswith(f"{TYPE}: ") for line in found)
        return [line.removeprefix(f"{TYPE}: ") for line in found]


def reads(reader: type[Contract], row: dict[str, Any]) -> bool:
    """Whether the real reader takes it."""
    try:
        reader.model_validate_json(json.dumps(row))
    except ValidationError:
        return False
    return True


def may_write(writer: type[Contract], row: dict[str, Any]) -> bool:
    """Whether the writer's schema lets it be written."""
    return Draft202012Validator(schema_of(writer), validate_formats=True).is_valid(row)
