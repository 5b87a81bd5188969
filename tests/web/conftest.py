"""The service that the tests of the edge speak to."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.identification.app import SERVICE, app
from tests.support.web import Web, serve


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    """`identification` behind its real HTTP. What is asked here never comes as far as the store,
    or does not depend on its kind."""
    served = serve("sqlite", SERVICE, app, tmp_path)
    yield served
    served.store.close()
