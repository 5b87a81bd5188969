"""What the whole embedded process holds: four services, their threads, and HTTP."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.figures import Figure
from tests.benchmarks.rounds import Effort

AIM = 300


def memory(_kind: str, directory: Path, effort: Effort) -> Iterator[Figure]:
    """Resident, in megabytes of 1,000,000 bytes, when so many events have been written."""
    command = [sys.executable, "-m", "tests.benchmarks.whole", str(directory), str(effort.events)]
    told = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    for what in ("before", "after", "peak"):
        size = told[what] / 1e6
        aim = (f"under {AIM} MB", size < AIM) if what != "before" else ("", None)
        events = f"{told['events']:,} events" if what != "before" else "the first event"
        name = "memory at its peak" if what == "peak" else f"memory {what} {events}"
        yield Figure(f"memory: {name}", "sqlite", f"{size:,.0f} MB", *aim)
