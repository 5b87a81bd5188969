"""What is wrong with what became of the mutants. Those that survive are listed, each with why."""

import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.mutants.running import Mutant

LIST = Path(__file__).with_name("survivors.toml")
AIM = 0.9


class WrongList(Exception):
    """The list of survivors has another form than `as_listed` gives."""


def objections(
    mutants: Sequence[Mutant], files: Sequence[str], listed: Sequence[Mutant]
) -> Iterator[str]:
    """A file without mutants, too few caught, a survivor that is not listed, one that is in vain.

    `listed` are the survivors of all files; only those of `files` were tried.
    """
    for file in sorted(set(files) - {mutant.file for mutant in mutants}):
        yield f"{file} has no mutants: nothing was checked there."
    caught = sum(mutant.caught for mutant in mutants)
    if caught < AIM * len(mutants):
        yield f"Only {caught} of {len(mutants)} were caught; at least {AIM:.0%} must be."
    survived = Counter(each for each in mutants if not each.caught)
    known = Counter(each for each in listed if each.file in files)
    for each in (survived - known).elements():
        yield f"This survived, and is not listed:\n\n{as_listed(each)}"
    for each in (known - survived).elements():
        yield f"This is listed, and did not survive:\n\n{as_listed(each)}"


def as_listed(survivor: Mutant) -> str:
    """How a survivor stands in the list; the reason is for a person to write."""
    return (
        f"[[survivor]]\nfile = '{survivor.file}'\nfunction = '{survivor.function}'\n"
        f"change = '''\n{survivor.change}'''\nreason = ''\n"
    )


def read(text: str) -> list[Mutant]:
    """The listed survivors, known by what they change and not by a number, so that what changes
    elsewhere does not disturb them. Raises `WrongList`."""
    return [_survivor(entry) for entry in tomllib.loads(text).get("survivor", [])]


def _survivor(entry: dict[str, str]) -> Mutant:
    if set(entry) != {"file", "function", "change", "reason"}:
        raise WrongList(f"A survivor has a file, a function, a change and a reason: {entry}")
    if not entry["reason"].strip():
        raise WrongList(f"A survivor without a reason is a hole: {entry}")
    return Mutant(entry["file"], entry["function"], caught=False, change=entry["change"])
