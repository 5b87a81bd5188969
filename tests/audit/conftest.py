"""What the tests of comparisons have in common: an honest export, and a copy to be doctored."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.audit.months import Months, months


@pytest.fixture(scope="session")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Months:
    return months(tmp_path_factory.mktemp("months"))


@pytest.fixture
def told(honest: Months, tmp_path: Path) -> Months:
    """A copy, to be doctored."""
    shutil.copytree(honest.directory, tmp_path / "export")
    return replace(honest, directory=tmp_path / "export")
