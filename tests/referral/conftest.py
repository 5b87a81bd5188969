"""`referral` on a store of each kind."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.referral.relay import Relay, open_relay


@pytest.fixture
def relay(kind: str, tmp_path: Path) -> Iterator[Relay]:
    opened = open_relay(kind, tmp_path)
    yield opened
    opened.web.store.close()
