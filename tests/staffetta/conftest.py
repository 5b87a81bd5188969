"""The command line, asked within this process; `processes` starts it as one of its own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog

from staffetta.commands import app
from staffetta.ending import ended
from tests.staffetta.processes import Ended

Ask = Callable[..., Ended]


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]) -> Iterator[Ask]:
    """Run a command to its end."""

    def asked(*words: str | Path) -> Ended:
        capsys.readouterr()  # what the test itself made somebody say
        code = ended(app, [str(word) for word in words])
        said = capsys.readouterr()
        return Ended(code, said.out, said.err)

    yield asked
    structlog.reset_defaults()  # a command's log goes where this test's errors went


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data directory that is not there yet."""
    return tmp_path / "var"
