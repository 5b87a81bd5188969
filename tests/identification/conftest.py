"""`identification` on a store of each kind."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.identification.desk import Desk, open_desk


@pytest.fixture
def desk(kind: str, tmp_path: Path) -> Iterator[Desk]:
    opened = open_desk(kind, tmp_path)
    yield opened
    opened.web.store.close()
