"""Everything brought up once for this folder: the broker's jars come from Maven, Java runs them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from staffetta.at_scale.up import Together, together
from tests.support.stores import postgres_server


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Together]:
    directory: Path = tmp_path_factory.mktemp("up")
    with together(directory, postgres_server()[0]) as everything:
        everything.wait_until_they_answer()
        yield everything
