"""How long an auditor waits: a long log verified offline, on one core, and what it takes in memory.

The log is the entries of one disclosed case, told again of as many invented cases as it takes.
"""

import resource
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

from shared.runtime.checkpoints import signing_key_of, verifier_for
from shared.trust.merkle import Tree, grown, leaf_hash
from shared.trust.notes import Checkpoint, sign
from staffetta.audit.checks import Terms
from staffetta.audit.verifying import verify
from tests.audit.exported import Exported, exported, unseen
from tests.audit.test_verifying import disclosed
from tests.benchmarks.figures import Figure
from tests.benchmarks.rounds import Effort
from tests.identification.desk import open_desk

AIM_SECONDS, OF = 60, 1_000_000
_PER_EVENT = 10


def verifying(kind: str, directory: Path, effort: Effort) -> Iterator[Figure]:
    """Seconds for so many leaves, and what they would be for a million."""
    leaves = effort.events * _PER_EVENT
    export = _long(kind, directory, leaves)
    before = _peak()
    started = perf_counter()
    checks = list(verify(export.directory, Terms(quorum=0), unseen))
    seconds = perf_counter() - started
    failed = [check for check in checks if check.faults]
    if failed:
        raise RuntimeError(f"the log that was made for this does not verify: {failed}")
    scaled = seconds * OF / leaves
    aim = (f"a million under {AIM_SECONDS} s", scaled < AIM_SECONDS)
    told = f"{seconds:.1f} s ({scaled:.0f} s for a million)"
    yield Figure(f"verify: {leaves:,} leaves offline", kind, told, *aim)
    yield Figure("verify: memory added at its peak", kind, f"{_peak() - before:,.0f} MB")


def _long(kind: str, directory: Path, leaves: int) -> Exported:
    """An export with so many entries, and all that is signed over them."""
    desk = open_desk(kind, directory)
    disclosed(desk)
    store = desk.web.store
    export = exported(store, directory / "export")
    lines = (export.place / "entries.jsonl").read_bytes().splitlines(keepends=True)
    streams = sorted({entry["stream"] for entry in export.entries()})
    tree = Tree()
    with (export.place / "entries.jsonl").open("wb") as file:
        for number in range(-(-leaves // len(lines))):
            told = _of_another(b"".join(lines), streams, number).splitlines(keepends=True)
            told = told[: leaves - tree.size]
            file.writelines(told)
            tree = grown(tree, (leaf_hash(line.removesuffix(b"\n")) for line in told))
    name = verifier_for(store).name
    note = sign(Checkpoint(name, tree.size, tree.root), name, signing_key_of(store))
    (export.place / "checkpoint").write_text(note)
    export.sealed()
    store.close()
    return export


def _of_another(told: bytes, streams: list[str], number: int) -> bytes:
    for stream in streams:
        other = f"{stream[:-32]}{number:032x}"
        told = told.replace(stream.encode(), other.encode())
    return told


def _peak() -> float:
    """Megabytes resident at most, up to now."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_000
