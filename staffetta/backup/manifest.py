"""What a backup says of itself: whose it is, as of when, how far everything was, and its files."""

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from shared.runtime.schema import VERSION
from shared.trust.merkle import canonical

FORMAT = 1
NAME = "manifest.json"
_CHUNK = 1 << 20
Show = Callable[[int, int], None]


class NotRestorable(Exception):
    """This backup is not used; the words say why. Nothing was changed."""


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Lane(_Told):
    topic: str
    lane: int
    last: int


class Heard(_Told):
    sender: str
    topic: str
    lane: int
    number: int


class Positions(_Told):
    """How far one store was: all as of the same moment. `root` is the audit log's head, in hex."""

    events: int
    outbox: tuple[Lane, ...]
    inbox: tuple[Heard, ...]
    audit: int
    root: str


class File(_Told):
    """A file of the backup; `columns` where it holds the rows of one table."""

    name: str
    bytes: int
    sha256: str
    columns: tuple[str, ...] = ()


class Manifest(_Told):
    """`tables` and `keys` are fingerprints: of the lists' definitions, and of the key file that the
    sealed fields need. `at` is UTC."""

    format: int
    program: str
    service: str
    store: Literal["sqlite", "postgresql"]
    schema_version: int
    tables: str
    keys: str
    at: str
    positions: Positions
    files: tuple[File, ...]


def write_manifest(directory: Path, manifest: Manifest) -> None:
    """With its own digest: a flipped byte in it is noticed as well."""
    told = manifest.model_dump(mode="json")
    body = {"manifest": told, "sha256": hashlib.sha256(canonical(told)).hexdigest()}
    path = directory / NAME
    path.touch(mode=0o600)
    path.write_text(json.dumps(body, indent=1) + "\n")


def read_manifest(directory: Path, service: str) -> Manifest:
    """The manifest of a service's backup; `NotRestorable` where it cannot be used by us."""
    try:
        body = json.loads((directory / NAME).read_bytes())
        told, digest = body["manifest"], body["sha256"]
        whole = hashlib.sha256(canonical(told)).hexdigest() == digest
        newer = told["format"] > FORMAT or told["schema_version"] > VERSION
    except OSError:
        raise NotRestorable(f"{directory} holds no backup") from None
    except (ValueError, KeyError, TypeError):
        raise NotRestorable(f"{directory / NAME} is damaged") from None
    if not whole:
        raise NotRestorable(f"{directory / NAME} is damaged: it was changed since it was written")
    if newer:
        raise NotRestorable(f"{directory} was made by a newer Staffetta: update this one first")
    try:
        manifest = Manifest.model_validate(told)
    except ValidationError:
        raise NotRestorable(f"{directory / NAME} is damaged") from None
    if manifest.service != service:
        raise NotRestorable(f"{directory} is a backup of {manifest.service}, not of {service}")
    return manifest


def check_files(directory: Path, manifest: Manifest, show: Show) -> None:
    """Read every file to its end, and compare. `show` is told bytes."""
    total, done = sum(file.bytes for file in manifest.files), 0
    for file in manifest.files:
        path = directory / file.name
        digest, read = hashlib.sha256(), 0
        for chunk in _chunks(path):
            digest.update(chunk)
            read += len(chunk)
            show(done + read, max(total, done + read))
        done += read
        if read != file.bytes:
            raise NotRestorable(f"{path} is {read} bytes long instead of {file.bytes}")
        if digest.hexdigest() != file.sha256:
            raise NotRestorable(f"{path} was changed since it was written")


def described(path: Path, columns: tuple[str, ...] = ()) -> File:
    """A file that was just written, with its length and digest."""
    digest, read = hashlib.sha256(), 0
    for chunk in _chunks(path):
        digest.update(chunk)
        read += len(chunk)
    return File(name=path.name, bytes=read, sha256=digest.hexdigest(), columns=columns)


def _chunks(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                yield chunk
    except FileNotFoundError:
        raise NotRestorable(f"{path} is missing") from None
