"""One sample of a model, made from its declaration alone: the same at every run."""

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from enum import Enum
from types import NoneType
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

from pydantic import AwareDatetime, BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from shared.trust.protected import Protected

Model = TypeVar("Model", bound=BaseModel)
MOMENT = datetime(2026, 3, 8, 21, 30, tzinfo=UTC)
# The first that a declaration takes: some texts are months, some are languages, some are ids.
_TEXTS = ("text", "2026-03", "sq", "AL", "f" * 32, f"case-{'f' * 32}")
_PLAIN: Mapping[Any, object] = {
    bool: True,
    int: 7,
    date: MOMENT.date(),
    datetime: MOMENT,
    AwareDatetime: MOMENT,
}


def sample(model: type[Model]) -> Model:
    """One instance with every field given, a protected one as if it were sealed."""
    if issubclass(model, Protected):
        return model(sealed="c2VhbGVk")
    fields = model.model_fields.items()
    return model.model_validate({name: _of(_declared(field)) for name, field in fields})


def _declared(field: FieldInfo) -> Any:
    return Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation


def _of(declared: Any) -> object:
    origin, inner = get_origin(declared), get_args(declared)
    if origin is Annotated:
        return _text(declared) if inner[0] is str else _of(inner[0])
    if NoneType in inner:
        return _of(next(each for each in inner if each is not NoneType))
    if origin in (tuple, list, frozenset, Sequence):
        return (_of(inner[0]),)
    if origin in (dict, Mapping):
        return {_of(inner[0]): _of(inner[1])}
    return _plain(declared)


def _plain(declared: type) -> object:
    if declared is str:
        return _text(declared)
    if declared in _PLAIN:
        return _PLAIN[declared]
    if issubclass(declared, Enum):
        return next(iter(declared))
    if issubclass(declared, BaseModel):
        return sample(declared)
    if dataclasses.is_dataclass(declared):
        hints = get_type_hints(declared, include_extras=True)
        return {name: _of(hint) for name, hint in hints.items()}
    raise TypeError(f"no sample is known for {declared!r}: add one here")


def _text(declared: Any) -> str:
    adapter = TypeAdapter[str](declared)
    for text in _TEXTS:
        try:
            return adapter.validate_python(text)
        except ValidationError:
            continue
    raise TypeError(f"no sample text fits {declared!r}: add one here")
