"""What faults are inflicted with: a small disk, libfiu, strace, libfaketime; what is missing."""

import errno
import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from io import RawIOBase
from pathlib import Path
from typing import NoReturn

import pytest

_CLOCKS = "*/faketime/libfaketimeMT.so.1"
FSYNC = ("posix/io/sync/fsync", "posix/io/sync/fdatasync")
"""What libfiu calls the two by which a store makes its writes last."""


def not_tried(why: str) -> NoReturn:
    """The test is skipped, with the reason in the summary. Where STAFFETTA_NO_SKIPS is set, as in
    CI, a fault that was not inflicted is a failure."""
    if os.environ.get("STAFFETTA_NO_SKIPS"):
        pytest.fail(f"{why}, and STAFFETTA_NO_SKIPS asks for it")
    pytest.skip(why)


def under_a_wrong_clock(off: str) -> Sequence[str]:
    """What to put before a command so that its clock is off by so much, as in `+1d`."""
    found = next(Path("/usr/lib").glob(_CLOCKS), None)
    if found is None:
        not_tried("libfaketime is not installed (Debian: libfaketime): a wrong clock was not tried")
    return ("env", f"LD_PRELOAD={found}", f"FAKETIME={off}", "FAKETIME_DONT_FAKE_MONOTONIC=1")


def under_libfiu(controls: Path, *commands: str) -> Sequence[str]:
    """What to put before a command so that its system calls can be made to fail: by `commands`
    from the start, or later by `told` through pipes whose names begin with `controls`."""
    if shutil.which("fiu-run") is None:
        not_tried("libfiu is not installed (Debian: fiu-utils): a failing fsync was not tried")
    told = [word for command in commands for word in ("-c", command)]
    return ("fiu-run", "-x", "-f", str(controls), *told)


def told(controls: Path, pid: int, *commands: str) -> None:
    """Say to a process under libfiu which of its calls fail from now on."""
    words = [word for command in commands for word in ("-c", command)]
    subprocess.run(["fiu-ctrl", "-f", controls, *words, str(pid)], check=True, timeout=30)


@contextmanager
def calls_that_fail(processes: Sequence[int], calls: Sequence[str]) -> Iterator[None]:
    """While this lasts, these system calls of these processes, and of none that they start, end
    with EIO without having been made. By strace, from outside: nothing is loaded into them."""
    if shutil.which("strace") is None:
        not_tried("strace is not installed (Debian: strace): no system call was made to fail")
    named = ",".join(calls)
    told = ["-e", f"trace={named}", "-e", f"inject={named}:error=EIO"]
    whose = [word for pid in processes for word in ("-p", str(pid))]
    with subprocess.Popen(
        ["strace", "-qq", "-o", "/dev/null", *told, *whose], stderr=subprocess.DEVNULL
    ) as tracing:
        try:
            while not all(_traced_by(pid, tracing.pid) for pid in processes):
                if tracing.poll() is not None:
                    not_tried("nobody here may trace another process: no system call failed")
                time.sleep(0.01)
            yield
        finally:
            tracing.terminate()  # and lets go of all of them


def _traced_by(process: int, tracer: int) -> bool:
    """Or already gone."""
    with suppress(OSError):
        return f"TracerPid:\t{tracer}\n" in Path(f"/proc/{process}/status").read_text()
    return True


@contextmanager
def small_disk(place: Path, megabytes: int) -> Iterator[bool]:
    """A disk of its own in memory, mounted there. Whether it could be: it takes root."""
    place.mkdir(parents=True, exist_ok=True)
    size = f"size={megabytes}m,mode=0777"
    mount = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", size, "tmpfs", place], check=False, capture_output=True
    )
    if mount.returncode:
        yield False
        return
    try:
        yield True
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)


def fill(ballast: Path) -> None:
    """Up to the last byte; nothing else may end it."""
    with ballast.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
                _write_for_ever(file, bytes(size))


def _write_for_ever(file: RawIOBase, some: bytes) -> None:
    while True:
        file.write(some)
