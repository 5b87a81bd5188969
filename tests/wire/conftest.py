"""A store of the invented service `bookings`, of each kind."""

import logging
import threading
from collections.abc import Iterator
from contextlib import redirect_stderr
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
import structlog

from shared.runtime.log import set_up
from shared.runtime.store import Store
from tests.support.bookings import SERVICE
from tests.support.places import StorePlace, new_place
from tests.support.stores import open_store


@pytest.fixture
def place(kind: str, tmp_path: Path) -> StorePlace:
    return new_place(kind, tmp_path)


@pytest.fixture
def store(place: StorePlace) -> Iterator[Store]:
    opened = place.open(SERVICE)
    yield opened
    opened.close()


@pytest.fixture
def other(kind: str, tmp_path: Path) -> Iterator[Store]:
    """A second service, the witness."""
    (tmp_path / "other").mkdir()
    store = open_store(kind, replace(SERVICE, name="other"), tmp_path / "other")
    yield store
    store.close()


@pytest.fixture
def lines() -> Iterator[StringIO]:
    """What is written on standard error from here on."""
    root, hook = logging.getLogger(), threading.excepthook
    before = root.handlers[:], root.level
    with redirect_stderr(StringIO()) as told:
        set_up()
        yield told
    structlog.reset_defaults()
    logging.captureWarnings(False)
    root.handlers[:], threading.excepthook = before[0], hook
    root.setLevel(before[1])
