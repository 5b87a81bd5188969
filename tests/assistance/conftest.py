"""The service as the tests over HTTP find it."""

from pathlib import Path

import pytest

from services.assistance.app import SERVICE, app
from shared.contracts.referral import HandoverCompleted
from tests.assistance.given import CONSENT, REFERRAL
from tests.assistance.hearing import handover, hear
from tests.support.web import Web, serve


@pytest.fixture
def web(kind: str, tmp_path: Path) -> Web:
    """The service, where one handover to `casa-aperta` was heard."""
    web = serve(kind, SERVICE, app, tmp_path)
    hear(web, HandoverCompleted.type, handover(REFERRAL, CONSENT, "casa-aperta"))
    return web
