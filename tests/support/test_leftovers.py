"""What a killed run leaves outside pytest's directories goes with the next; what is held stays."""

import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg
import pytest

from tests.support.leftovers import clear_away

WHEEL = """
from tests.support.stores import from_the_wheel
uri = from_the_wheel(kind)[0]
"""
OF_THE_FAULTS = """
from tests.faults.postgres import own_postgres
context = own_postgres(128, kind)
server = context.__enter__()
server.start()
uri = server.url
"""


@contextmanager
def a_run(kind: str, what: str) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """A process that has such a server, and the server's URL. It ends when its input does."""
    words = f"import sys\nkind = sys.argv[1]\n{what}\nprint(uri, flush=True)\nsys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", words, kind],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        yield process, process.stdout.readline().strip()


def left(kind: str) -> set[Path]:
    return set(Path(tempfile.gettempdir()).glob(f"{kind}*"))


def at_work(kind: str) -> list[str]:
    """Processes and mounts that have to do with such a directory."""
    running = [
        word
        for process in psutil.process_iter(["cmdline"])
        for word in process.info["cmdline"] or ()
        if f"{tempfile.gettempdir()}/{kind}" in word
    ]
    mounts = Path("/proc/self/mounts")
    mounted = mounts.read_text().splitlines() if mounts.exists() else []
    return running + [line for line in mounted if kind in line]


@pytest.mark.parametrize("what", [WHEEL, OF_THE_FAULTS], ids=["wheel", "faults"])
def test_what_a_killed_run_left_goes_and_what_is_held_stays(what: str) -> None:
    kind = f"staffetta-left-{uuid.uuid4().hex[:8]}-"
    with a_run(kind, what) as (killed, _uri):
        before = left(kind)
        assert before
        killed.kill()
    with a_run(kind, what) as (going_on, uri):
        assert not left(kind) & before, "the next run removes them before it makes its own"
        held = left(kind)
        clear_away(kind)
        assert left(kind) == held
        psycopg.connect(uri).close()
        going_on.kill()
    assert left(kind) == held
    clear_away(kind)
    assert not left(kind)
    assert not at_work(kind)


def test_a_run_that_ends_leaves_nothing() -> None:
    kind = f"staffetta-left-{uuid.uuid4().hex[:8]}-"
    with a_run(kind, WHEEL) as (process, _uri):
        assert left(kind)
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(timeout=60) == 0
    assert not left(kind)
    assert not at_work(kind)
