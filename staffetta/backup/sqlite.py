"""SQLite: all stores copied as of one moment, and one put in the place of another."""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import Any

from shared.runtime.schema import SCHEMA
from staffetta.backup.manifest import Manifest, NotRestorable, Positions, Show
from staffetta.backup.measuring import Uneven, measured
from staffetta.backup.saving import on_disk

FILE = "store.sqlite"
_PAGES = 4_096
_WAIT_SECONDS = 30
Mark = Callable[[Callable[[str, Sequence[Any]], object]], None]


class InUse(Exception):
    """Somebody has the store open: it cannot be replaced under them."""


def frozen(files: Mapping[str, Path], closing_all: ExitStack) -> dict[str, sqlite3.Connection]:
    """A reader for each store, all at one moment: for that moment nobody can write any of them.

    So that no store has heard what another has not yet told. They are served on meanwhile.
    """
    with ExitStack() as writers:
        for path in files.values():
            writer = writers.enter_context(closing(_connected(path)))
            writer.execute("BEGIN IMMEDIATE")
        readers = {}
        for name, path in files.items():
            reader = closing_all.enter_context(closing(_connected(path)))
            reader.execute("BEGIN")
            reader.execute("SELECT 1 FROM lanes LIMIT 1").fetchall()
            readers[name] = reader
    return readers


def copied(reader: sqlite3.Connection, target: Path, show: Show) -> Positions:
    """Copy what the reader sees into a new file of mode 0600, and look through all of it."""
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with closing(sqlite3.connect(target, isolation_level=None)) as copy:
        # Written through once, at the end, by whoever called.
        copy.execute("PRAGMA synchronous=OFF")
        # The reader stays in its transaction, so that no write by others starts this anew.
        reader.backup(
            copy, pages=_PAGES, progress=lambda _status, left, all_: show(all_ - left, all_)
        )
        # A file of its own, without a log beside it.
        copy.execute("PRAGMA journal_mode=DELETE")
        return _whole(copy)


def prepared(source: Path, manifest: Manifest, target: Path, mark: Mark) -> Path:
    """The backup's copy beside the target, looked through, compared and marked as restored."""
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    with suppress(FileNotFoundError):
        part.unlink()
    os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        shutil.copyfile(source / FILE, part)
        with closing(sqlite3.connect(part, isolation_level=None)) as store:
            try:
                there = _whole(store)
            except (Uneven, sqlite3.DatabaseError) as wrong:
                raise NotRestorable(f"{source}: {wrong}") from None
            if there != manifest.positions:
                raise NotRestorable(f"{source}: the manifest speaks of another store")
            store.execute("BEGIN IMMEDIATE")
            for statement in SCHEMA:
                store.execute(statement)
            mark(store.execute)
            store.execute("COMMIT")
        on_disk(part)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return part


def nobody_uses(target: Path) -> None:
    """Raises `InUse` where a process has the store open; folds its write-ahead log into it."""
    if not target.exists():
        return
    with closing(sqlite3.connect(target, timeout=1)) as store:
        try:
            store.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
                raise InUse from None
        except sqlite3.DatabaseError:
            return  # what is damaged is what is replaced


def swapped(part: Path, target: Path, stamp: str) -> Path | None:
    """Put the prepared store in its place; gives where the old one is kept, if there was one.

    At every moment the target is a whole store: the old one, or the new one.
    """
    aside = target.with_name(f"{target.name}.before-{stamp}")
    there = target.exists()
    if there:
        target.chmod(0o600)
        aside.hardlink_to(target)
    for log in ("-wal", "-shm", "-journal"):
        # Only where the old store is damaged; it would be taken for the new one's.
        beside = target.with_name(target.name + log)
        if beside.exists():
            beside.rename(aside.with_name(aside.name + log))
    part.replace(target)
    on_disk(target.parent)
    return aside if there else None


def _whole(store: sqlite3.Connection) -> Positions:
    found = [row[0] for row in store.execute("PRAGMA integrity_check")]
    if found != ["ok"]:
        raise Uneven("the file is damaged")
    return measured(store.execute)


def _connected(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None, timeout=_WAIT_SECONDS)


def left_over(directory: Path) -> Iterable[Path]:
    """What a restore left that was killed: hidden, never used, and free to go."""
    return directory.glob(".*.sqlite.*.part*")
