"""What is wrong in a file that somebody gave us: where, and by which rule. Never what it says.

A file may hold personal data in the wrong place; what is printed ends up in logs and tickets.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Fault:
    """One broken rule. `field` is empty where it is the line, or the file, that is at fault."""

    file: str
    line: int
    field: str
    rule: str

    def __str__(self) -> str:
        return ": ".join(filter(None, (f"{self.file}:{self.line}", self.field, self.rule)))


class FaultyFile(Exception):
    """The file was read to its end, and nothing of it was used."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = tuple(faults)


class UnreadableFile(FaultyFile):
    """The file is not there, or not ours to read."""


def text_of(path: Path) -> str:
    """The file's text, read as UTF-8 with its line ends untouched."""
    try:
        content = path.read_bytes()
    except OSError as error:
        rule = f"the file cannot be opened: {(error.strerror or 'unreadable').lower()}"
        raise UnreadableFile([Fault(str(path), 1, "", rule)]) from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise FaultyFile([Fault(str(path), line, "", "the text must be UTF-8")]) from None
