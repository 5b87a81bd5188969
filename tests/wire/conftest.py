"""A store of the invented service `bookings`, of each kind."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.runtime.store import Store
from tests.support.bookings import SERVICE
from tests.support.places import StorePlace, new_place


@pytest.fixture
def place(kind: str, tmp_path: Path) -> StorePlace:
    return new_place(kind, tmp_path)


@pytest.fixture
def store(place: StorePlace) -> Iterator[Store]:
    opened = place.open(SERVICE)
    yield opened
    opened.close()
