"""A new version of the key-encryption key: every key wrapped again, durably."""

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from shared.trust.key_file import keys_in_file
from tests.benchmarks.figures import Figure
from tests.benchmarks.rounds import Effort, timed

KEYS, AIM_SECONDS = 100_000, 60.0


def rewrapping(kind: str, directory: Path, _effort: Effort) -> Iterator[Figure]:
    """Seconds for 100,000 keys, which the aim is about, however short the measurement."""
    with closing(keys_in_file(directory / "identification.keys.sqlite")) as keys:
        with keys.writing() as at:
            for number in range(KEYS):
                keys.keep(at, f"case-{number}", "identity", os.urandom(32))
        took = timed(keys.rotate)
        assert keys.wrapped_under() == {2: KEYS}
    aim = f"under {AIM_SECONDS:.0f} s"
    yield Figure(f"keys: {KEYS:,} wrapped again", kind, f"{took:.1f} s", aim, took < AIM_SECONDS)
