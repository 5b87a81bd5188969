"""The map read, and the page that is made of it."""

import ast
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict

REPOSITORY = Path(__file__).parents[2]
PAGE = REPOSITORY / "docs" / "asvs.md"
_HERE = Path(__file__).parent


class Met(BaseModel):
    """An item, how it is met, and the tests (`file::function`) that would fail if it were not."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str
    how: str
    tests: tuple[str, ...]


class Open(BaseModel):
    """An item that is not met, or not wholly, and why."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str
    why: str


class Chosen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    met: tuple[Met, ...]
    open: tuple[Open, ...]


@dataclass(frozen=True)
class Standard:
    """How many requirements each section of each chapter has."""

    requirements: Mapping[str, list[int]]

    def ids(self) -> list[str]:
        return [
            f"{chapter}.{section}.{number}"
            for chapter, sections in self.requirements.items()
            for section, count in enumerate(sections, 1)
            for number in range(1, count + 1)
        ]


def chosen() -> Chosen:
    return Chosen.model_validate(tomllib.loads((_HERE / "chosen.toml").read_text()))


def standard() -> Standard:
    return Standard(tomllib.loads((_HERE / "standard.toml").read_text())["requirements"])


def missing(tests: Iterable[str]) -> list[str]:
    """Those that name no test function of their file."""
    return [test for test in tests if not _is_there(test)]


def _is_there(test: str) -> bool:
    file, _, name = test.partition("::")
    path = REPOSITORY / file
    if not (file.startswith("tests/") and name.startswith("test_") and path.is_file()):
        return False
    found = ast.parse(path.read_text()).body
    return any(isinstance(each, ast.FunctionDef) and each.name == name for each in found)


def page(told: Chosen) -> str:
    """Markdown: what is met and by which tests, and what is not."""
    met = [
        f"| {item.id} | {item.how} | {'<br>'.join(f'`{_short(test)}`' for test in item.tests)} |"
        for item in told.met
    ]
    unmet = [f"| {item.id} | {item.why} |" for item in told.open]
    return "\n".join(
        [
            "# OWASP ASVS 5.0.0: chosen items and their tests",
            "",
            "Made by `python -m tests.asvs` from `tests/asvs/chosen.toml`; a test checks that each",
            "id and each test exists. Requirements are named by their ids and not repeated: the",
            "words here are ours. What is marked `provider` or `broker` is run by",
            "`make test-provider` and `make test-kafka`. What is not listed was not chosen,",
            "which does not say that they are met.",
            "",
            "## Met",
            "",
            "| item | how | tests |",
            "|---|---|---|",
            *met,
            "",
            "## Chosen, and not met or not wholly",
            "",
            "| item | why |",
            "|---|---|",
            *unmet,
            "",
        ]
    )


def _short(test: str) -> str:
    return test.removeprefix("tests/")
