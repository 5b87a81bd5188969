"""A backup comes into being in a hidden directory beside its place, and is there at once or not."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Literal

from shared.runtime.schema import VERSION
from shared.runtime.store import Service
from shared.runtime.tables import definition
from shared.trust.kek import CannotUnwrap
from shared.trust.keys import Keys
from shared.trust.merkle import canonical
from staffetta.backup.manifest import FORMAT, File, Manifest, Positions


class Taken(Exception):
    """Something is there already, and is not overwritten."""


@contextmanager
def new_directory(directory: Path) -> Iterator[Path]:
    """A directory to write into, of mode 0700; it becomes `directory` when all went well."""
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise Taken
    directory.parent.mkdir(parents=True, exist_ok=True)
    part = directory.parent / f".{directory.name}.{os.getpid()}.part"
    part.mkdir(mode=0o700)
    try:
        yield part
        for path in [*part.rglob("*"), part]:
            on_disk(path)
        part.rename(directory)
        on_disk(directory.parent)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


def on_disk(path: Path) -> None:
    """Written through to the disk: a file's content, or a directory's names."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def manifest_of(
    service: Service,
    store: Literal["sqlite", "postgresql"],
    keys: Keys,
    at: str,
    found: tuple[Positions, tuple[File, ...]],
) -> Manifest:
    positions, files = found
    return Manifest(
        format=FORMAT,
        program=version("staffetta"),
        service=service.name,
        store=store,
        schema_version=VERSION,
        tables=tables_print(service),
        keys=keys_print(keys),
        at=at,
        positions=positions,
        files=files,
    )


def tables_print(service: Service) -> str:
    """Changes when a read table does: its rows are then made again from the log."""
    told = {table.name: definition(table, table.name) for table in service.tables}
    return sha256(canonical(told)).hexdigest()


def keys_print(keys: Keys) -> str:
    """Which key file this is, without a word of what is in it."""
    return sha256(b"staffetta backup\n" + keys.secret("backup")).hexdigest()


def same_keys(keys: Keys, manifest: Manifest) -> bool:
    """Whether these are the keys of a backup. Keys that were put beside another key-encryption key
    open nothing, and are not."""
    try:
        return keys_print(keys) == manifest.keys
    except CannotUnwrap:
        return False
