"""Running mutmut in a copy of the checkout, and reading what became of each mutant."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.mutants.files import CHECKOUT

_PARTS = ("services", "shared", "staffetta", "tests")
_ENDLESS = "timeout"
_CAUGHT = {"killed", "caught by type check", _ENDLESS}
_RESULT = re.compile(
    r" *(?P<name>(?P<module>[\w.]+)\.x[_ǁ](?P<function>\w+)__mutmut_\d+): (?P<fate>.+)"
)
_TRIED = re.compile(r"(\d+)/\d+ ")


class CouldNotRun(Exception):
    """mutmut stopped before it had tried every mutant; the words are its own."""


@dataclass(frozen=True)
class Mutant:
    """`change`: the lines of its diff, none where it was caught. One that never ends is caught."""

    file: str
    function: str
    caught: bool
    change: str = ""
    endless: bool = False


def tried(files: Sequence[str], workers: int, progress: Callable[[int], None]) -> list[Mutant]:
    """Every mutant of these files. `progress` hears how many were tried so far."""
    modules = {_module(file): file for file in files}
    with _copy() as copy:
        _run(copy, workers, [f"{module}.x*" for module in modules], progress)
        results = _RESULT.finditer(_said(copy, "results", "--all", "True"))
        return [_read(copy, each, modules) for each in results if each["module"] in modules]


def _read(copy: Path, result: re.Match[str], files: dict[str, str]) -> Mutant:
    file, function, fate = files[result["module"]], result["function"], result["fate"]
    if fate in _CAUGHT:
        return Mutant(file, function, caught=True, endless=fate == _ENDLESS)
    return Mutant(file, function, caught=False, change=_change(_said(copy, "show", result["name"])))


def _change(shown: str) -> str:
    """What a diff takes out and puts in, without its place or depth in the file."""
    lines = shown.partition("\n@@")[2].splitlines()[1:]
    return "\n".join(f"{line[0]} {line[1:].strip()}" for line in lines if line[:1] in {"-", "+"})


def _run(copy: Path, workers: int, names: list[str], progress: Callable[[int], None]) -> None:
    command = [*_mutmut(), "run", "--max-children", str(workers), *names]
    said: list[str] = []
    with subprocess.Popen(
        command,
        cwd=copy,
        env=_environment(),
        text=True,  # a carriage return ends a line as well
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as process:
        for line in process.stdout or ():
            said.append(line)
            if number := _TRIED.search(line):
                progress(int(number[1]))
    if process.returncode != 0:
        raise CouldNotRun("".join(said[-200:]))


def _said(copy: Path, *arguments: str) -> str:
    command = [*_mutmut(), *arguments]
    env = _environment()
    return subprocess.run(
        command, cwd=copy, env=env, text=True, stdout=subprocess.PIPE, check=True
    ).stdout


def _mutmut() -> list[str]:
    return [str(Path(sys.executable).with_name("mutmut"))]


def _environment() -> dict[str, str]:
    """Sets in one order each time, so that a mutant's fate does not depend on the day; of pytest's
    plugins those alone that [tool.mutmut] names, for each mutant loads them anew."""
    return {**os.environ, "PYTHONHASHSEED": "0", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}


def _module(file: str) -> str:
    return file.removesuffix(".py").replace("/", ".")


@contextmanager
def _copy() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="staffetta-mutants-") as directory:
        copy = Path(directory)
        for part in _PARTS:
            unneeded = shutil.ignore_patterns("__pycache__")
            shutil.copytree(CHECKOUT / part, copy / part, ignore=unneeded)
        shutil.copy(CHECKOUT / "pyproject.toml", copy)
        yield copy
