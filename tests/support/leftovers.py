"""Directories of a run outside pytest's own, and what runs that were killed left of theirs.

Whose a directory is says a lock on a file beside it: the kernel lets it go however its holder
ends. The next run removes what nobody holds, with the servers that still run there and the disks
that are still mounted; what is held is let alone.
"""

import atexit
import fcntl
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

import psutil

_PATIENCE = 10.0


def own_directory(kind: str) -> Path:
    """A new one, removed when this process ends. `kind`: how names of its kind begin; what was
    left of it goes first."""
    clear_away(kind)
    directory = Path(tempfile.mkdtemp(prefix=kind))
    making, lock = _beside(directory, ".making"), _beside(directory, ".lock")
    held = making.open("w")
    fcntl.flock(held, fcntl.LOCK_EX)
    making.rename(lock)  # under this name it is looked for: not before it is held
    atexit.register(_let_go, os.getpid(), directory, lock, held)
    return directory


def clear_away(kind: str) -> None:
    """Remove what is of this kind and nobody's."""
    for lock in Path(tempfile.gettempdir()).glob(f"{kind}*.lock"):
        with suppress(OSError), lock.open() as file:  # another run is as far, or it is another's
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _remove(lock.with_suffix(""))
            lock.unlink()


def _let_go(owner: int, directory: Path, lock: Path, held: IO[str]) -> None:
    """Not by a child that was forked, which ends sooner."""
    if os.getpid() == owner:
        _remove(directory)
        lock.unlink(missing_ok=True)
        held.close()


def _remove(directory: Path) -> None:
    for told in directory.rglob("postmaster.pid"):
        _end(int(told.read_text().split()[0]), told.parent)
    for place in _mounted(directory):
        subprocess.run(["umount", "--lazy", place], check=True)
    shutil.rmtree(directory, ignore_errors=True)


def _end(pid: int, database: Path) -> None:
    """At once, as PostgreSQL understands SIGQUIT; whoever has that number now and is another is
    let alone."""
    with suppress(psutil.Error):
        server = psutil.Process(pid)
        if any(str(database) in word for word in server.cmdline()):
            server.send_signal(signal.SIGQUIT)
            server.wait(_PATIENCE)


def _mounted(directory: Path) -> Iterator[str]:
    mounts = Path("/proc/self/mounts")
    for line in mounts.read_text().splitlines() if mounts.exists() else ():
        place = line.split()[1]
        if Path(place).is_relative_to(directory):
            yield place


def _beside(directory: Path, ending: str) -> Path:
    return directory.with_name(directory.name + ending)
