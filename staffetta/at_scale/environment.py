"""The environment read, or told in words what is wrong with it: never what was given."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

import typer
from pydantic import ValidationError
from pydantic_settings import BaseSettings

from staffetta.terminal import wrong

PREFIX = "STAFFETTA_"
S = TypeVar("S", bound=BaseSettings)


class Faulty(Exception):
    """Settings that cannot be used: the variable (empty: several) and the rule, for each."""

    def __init__(self, faults: list[tuple[str, str]]) -> None:
        super().__init__("the environment")
        self.faults = faults


def settings_of(kind: type[S]) -> S:
    """The settings of a kind from the environment, and from the files of the directory that
    STAFFETTA_SECRETS names (`staffetta_postgres`, …); `Faulty` with all that is wrong."""
    try:
        return kind(_secrets_dir=os.environ.get(f"{PREFIX}SECRETS"))
    except ValidationError as error:
        raise Faulty(list(_faults(kind, error))) from None


@contextmanager
def demanded() -> Iterator[None]:
    """What is `Faulty` within is told, and the command was used wrongly."""
    try:
        yield
    except Faulty as faulty:
        for name, rule in faulty.faults:
            wrong(name, rule)
        raise typer.Exit(2) from None


def _faults(kind: type[BaseSettings], error: ValidationError) -> Iterator[tuple[str, str]]:
    for fault in error.errors(include_input=False, include_context=False, include_url=False):
        field = str(fault["loc"][0]) if fault["loc"] else ""
        missing = fault["type"] == "missing"
        rule = "must be set" if missing else fault["msg"].removeprefix("Value error, ").strip()
        yield PREFIX + field.upper(), _words(kind, field, rule)


def _words(kind: type[BaseSettings], field: str, rule: str) -> str:
    about = kind.model_fields[field].description if field in kind.model_fields else ""
    return f"{rule}. {about}" if about else rule
