"""A clock that is set wrong under a process that runs: a library of our own, loaded into it, moves
the clock of the day by what stands in a file, and lets those alone by which everybody waits."""

import shutil
import struct
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from tests.faults.means import not_tried

_SOURCE = Path(__file__).with_name("wrong_clock.c")


@dataclass(frozen=True)
class SettableClock:
    """Of all processes that were started with its `surroundings`; right, until it is set."""

    library: Path
    seconds: Path

    @property
    def surroundings(self) -> Mapping[str, str]:
        """What goes into a process's environment."""
        return {"LD_PRELOAD": str(self.library), "STAFFETTA_FAULTS_CLOCK": str(self.seconds)}

    @contextmanager
    def wrong_by(self, off: timedelta) -> Iterator[None]:
        """So much ahead while this lasts, or behind."""
        self.set(off)
        try:
            yield
        finally:
            self.set(timedelta(0))

    def set(self, off: timedelta) -> None:
        with self.seconds.open("r+b") as file:
            file.write(struct.pack("=q", int(off.total_seconds())))


def settable_clock(directory: Path) -> SettableClock:
    """The library made in a directory; the test is skipped where nobody here can compile it."""
    compiler = shutil.which("cc")
    if compiler is None:
        not_tried("no cc (Debian: gcc, libc6-dev): no clock was set wrong under a process")
    clock = SettableClock(directory / "wrong_clock.so", directory / "seconds")
    flags = ("-O2", "-Wall", "-Werror", "-shared", "-fPIC")
    subprocess.run([compiler, *flags, "-o", clock.library, _SOURCE], check=True, timeout=60)
    clock.seconds.write_bytes(bytes(8))
    return clock
