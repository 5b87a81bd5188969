"""The command line as a process of its own, as its users start it."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

REPOSITORY = Path(__file__).parents[2]
COMMAND = (sys.executable, "-m", "staffetta")


@dataclass(frozen=True)
class Ended:
    """What a command left behind: its exit code, and all that it said."""

    code: int
    out: str
    err: str


@dataclass
class Started:
    """A command under way; what it says is read as it comes, so that it never has to wait."""

    process: subprocess.Popen[str]
    out: list[str] = field(default_factory=list)
    err: list[str] = field(default_factory=list)
    patience: float = 90.0
    _said: threading.Condition = field(default_factory=threading.Condition)
    _readers: list[threading.Thread] = field(default_factory=list)
    _open: int = 2

    def listen(self) -> None:
        for pipe, lines in ((self.process.stdout, self.out), (self.process.stderr, self.err)):
            assert pipe is not None
            reader = threading.Thread(target=self._read, args=(pipe, lines), daemon=True)
            reader.start()
            self._readers.append(reader)

    def wait_for(self, words: str) -> str:
        """The line, of either stream, that has these words in it."""
        with self._said:
            came = self._said.wait_for(
                lambda: self._line_with(words) or not self._open, self.patience
            )
            line = self._line_with(words)
        assert came, f"never said: {words}"
        assert line, f"ended without: {words}\n{''.join(self.err)}"
        return line

    def stop(self, how: signal.Signals = signal.SIGTERM) -> Ended:
        self.process.send_signal(how)
        return self.end()

    def end(self) -> Ended:
        code = self.process.wait(self.patience)
        for reader in self._readers:
            reader.join(self.patience)
        return Ended(code, "".join(self.out), "".join(self.err))

    def _line_with(self, words: str) -> str:
        return next((line for line in (*self.out, *self.err) if words in line), "")

    def _read(self, pipe: IO[str], lines: list[str]) -> None:
        for line in pipe:
            with self._said:
                lines.append(line)
                self._said.notify_all()
        with self._said:
            self._open -= 1
            self._said.notify_all()


def staffetta(*words: str | Path, cwd: Path = REPOSITORY) -> Ended:
    """Run a command to its end."""
    with started(*words, cwd=cwd) as running:
        return running.end()


@contextmanager
def started(
    *words: str | Path, cwd: Path = REPOSITORY, under: Sequence[str] = ()
) -> Iterator[Started]:
    """A command under way; killed at the latest when this is left. `under`: what runs it, where
    that is something else than this process."""
    with subprocess.Popen(
        [*under, *COMMAND, *map(str, words)],
        cwd=cwd,
        env=surroundings(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        running = Started(process)
        running.listen()
        try:
            yield running
        finally:
            if process.poll() is None:
                process.kill()
            running.end()


def surroundings() -> dict[str, str]:
    """The environment without a width or colours: what the command does where nobody looks."""
    unwanted = {"COLUMNS", "LINES", "FORCE_COLOR", "NO_COLOR", "TERM"}
    return {name: value for name, value in os.environ.items() if name not in unwanted}
