"""An installation in which one service is from yesterday."""

from pathlib import Path

import pytest

from tests.backup.people import TELLS, restored, saved_midway


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "var"


@pytest.fixture(params=TELLS)
def one(request: pytest.FixtureRequest, data: Path, tmp_path: Path) -> str:
    """One service is from yesterday; the others are of today."""
    saved_midway(data, tmp_path / "yesterday")
    restored(data, tmp_path / "yesterday", request.param)
    return str(request.param)
