"""The files in `shared/contracts/schemas/`: as they are made, as they lie there, as they were."""

import io
import json
import shutil
import subprocess
import tarfile
from collections.abc import Mapping
from pathlib import Path

import shared.contracts
from staffetta.contracts.asyncapi import document
from staffetta.contracts.published import CONTRACTS
from staffetta.contracts.schemas import Schema, schema_of

DIRECTORY = Path(shared.contracts.__path__[0]) / "schemas"
DOCUMENT = "asyncapi.json"

Schemas = Mapping[str, Schema]
"""File name -> what it says."""


def generated() -> Schemas:
    schemas = {f"{contract.type}.json": schema_of(contract) for contract in CONTRACTS}
    return {**schemas, DOCUMENT: document()}


def text_of(schema: Schema) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def on_disk(directory: Path) -> dict[str, str]:
    return {file.name: file.read_text("utf-8") for file in sorted(directory.glob("*.json"))}


def write(directory: Path, made: Schemas) -> None:
    """Make the directory hold just these."""
    directory.mkdir(exist_ok=True)
    for name in on_disk(directory).keys() - made.keys():
        (directory / name).unlink()
    for name, schema in made.items():
        (directory / name).write_text(text_of(schema), "utf-8")


def published(directory: Path) -> list[Schemas]:
    """Every version that was ever committed, each once; rows of each of them are in outboxes.

    What is only on disk is not published yet, and counts where git has nothing to say.
    """
    commits = _git(directory, "log", "--format=%H", "--", ".").decode().split()
    versions = [_archived(_git(directory, "archive", commit, ".")) for commit in commits]
    if not commits:
        versions = [on_disk(directory)]
    return [
        {name: json.loads(text) for name, text in version}
        for version in dict.fromkeys(tuple(version.items()) for version in versions if version)
    ]


def _archived(tar: bytes) -> dict[str, str]:
    if not tar:  # the commit that took the directory away
        return {}
    with tarfile.open(fileobj=io.BytesIO(tar)) as archive:
        files = [(member.name, archive.extractfile(member)) for member in archive]
        return {
            Path(name).name: file.read().decode()
            for name, file in sorted(files, key=lambda found: found[0])
            if file and name.endswith(".json")
        }


def _git(directory: Path, *asked: str) -> bytes:
    """What git says of the directory; nothing where it is not there, or knows it not."""
    git = shutil.which("git")
    if git is None or not directory.is_dir():
        return b""
    command = [git, "-C", str(directory), *asked]
    return subprocess.run(command, capture_output=True, check=False).stdout  # noqa: S603  # our own arguments
