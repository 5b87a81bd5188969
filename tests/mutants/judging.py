"""What is wrong with what became of the mutants. Those that survive are listed, each with why."""

import ast
import re
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


def that_is_gone(listed: Sequence[Mutant], broken: Sequence[str], checkout: Path) -> None:
    """Raises `WrongList` where a listed survivor is of a file that is not broken, or changes what
    stands in no function of that name any more; of every file, whichever are tried."""
    for each in listed:
        if each.file not in broken:
            raise WrongList(f"A survivor is listed of a file that is not broken: {each.file}")
        bodies = list(_functions(checkout / each.file, each.function))
        if not any(_stands(each.change, body) for body in bodies):
            what = "changes what is not there any more" if bodies else "is of no function there"
            raise WrongList(f"This is listed, and {what}:\n\n{as_listed(each)}")


def _functions(file: Path, name: str) -> Iterator[str]:
    source = file.read_text()
    last = name.rpartition(".")[2]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and node.name == last:
            yield _plain(ast.unparse(node))


def _stands(change: str, body: str) -> bool:
    """Each line that the change takes away, however it is broken into lines."""
    gone = [line[1:] for line in change.splitlines() if line.startswith("-")]
    return all(_plain(line) in body for line in gone)


def _plain(code: str) -> str:
    """Without what the layout decides: spaces, quotes, a comma at an end."""
    return re.sub(r"[\s'\",()]", "", code)
