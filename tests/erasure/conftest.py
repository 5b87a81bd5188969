"""The four services, on each kind of store."""

from pathlib import Path

import pytest

from tests.erasure.places import FourStores, four_stores


@pytest.fixture
def place(kind: str, tmp_path: Path) -> FourStores:
    return four_stores(kind, tmp_path)
