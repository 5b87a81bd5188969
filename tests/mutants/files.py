"""Which files are broken: those of [tool.mutmut], among them each file that must be."""

import tomllib
from collections.abc import Sequence
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
_MUST_BE = ("services/**/decide.py", "services/**/policies.py", "shared/runtime/inbox.py")


class WrongFiles(Exception):
    """A file is named that is not broken, or one that must be is not named."""


def to_break(only: Sequence[str]) -> Sequence[str]:
    """The files of [tool.mutmut], or those of them that are asked for."""
    named = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["tool"]["mutmut"]
    files: list[str] = named["only_mutate"]
    forgotten = sorted(_that_must_be() - set(files))
    if forgotten:
        raise WrongFiles(f"[tool.mutmut] does not name {', '.join(forgotten)} in only_mutate.")
    unknown = [file for file in only if file not in files]
    if unknown:
        raise WrongFiles(f"Not in only_mutate of [tool.mutmut]: {', '.join(unknown)}")
    return [file for file in files if file in only or not only]


def _that_must_be() -> set[str]:
    found = [sorted(CHECKOUT.glob(pattern)) for pattern in _MUST_BE]
    return {file.relative_to(CHECKOUT).as_posix() for files in found for file in files}
