"""What an auditor asks, and how each answer is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from shared.trust.notes import NotANote


@dataclass(frozen=True)
class Check:
    """One check of one service's log; without faults it is passed. `told`: what is worth knowing
    and no fault."""

    service: str
    what: str
    faults: Sequence[str] = ()
    told: str = ""


@dataclass(frozen=True)
class Terms:
    """What the auditor brings. `saved`: an earlier export that was kept: its keys and its policy
    are then the ones that count, and its checkpoints must be continued. `quorum`: how many
    witnesses it takes, else as the policy says. `witnesses`: directories of outside witnesses."""

    saved: Path | None = None
    quorum: int | None = None
    witnesses: Sequence[Path] = ()


def text_of(file: Path) -> str:
    """Its text; `NotANote` where it is none, or is not there."""
    try:
        return file.read_bytes().decode()
    except (OSError, UnicodeDecodeError):
        raise NotANote(f"{file.name} cannot be read as text") from None
