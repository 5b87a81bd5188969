"""`python -m staffetta.contracts write|check` ends with 0 where all is well, with 1 where not."""

import sys
from pathlib import Path

from staffetta.contracts.files import DIRECTORY, generated, on_disk, published, write
from staffetta.contracts.judging import outdated, refused

_WAY_OUT = "Give the type a new version beside the old one, or the field a default."


def main(asked: list[str], directory: Path = DIRECTORY) -> int:
    if asked not in (["write"], ["check"]):
        print(__doc__, file=sys.stderr)
        return 2
    made, versions = generated(), published(directory)
    if breaking := refused(versions, made):
        return _no([*breaking, f"Readers would not survive this. {_WAY_OUT}"])
    if asked == ["write"]:
        write(directory, made)
    elif old := outdated(on_disk(directory), made):
        return _no([*old, "Run `make contracts`, look at what changed, and commit it."])
    print(
        f"{len(made) - 1} contracts; readers survive, judged by {len(versions)} version(s) before."
    )
    return 0


def _no(lines: list[str]) -> int:
    print(*lines, sep="\n", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
