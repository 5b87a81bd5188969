"""Logs that were exported at different moments: compared as far as they go, and no further."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from services.identification.cases.commands import WithdrawConsent
from staffetta.audit.comparing import CLOCKS, HEARD_WITHIN
from staffetta.audit.findings import AS_GIVEN
from staffetta.installation import now, open_installation
from tests.audit.doctoring import without
from tests.audit.exported import Exported
from tests.audit.judged import checks
from tests.audit.months import exported_at
from tests.support.web import Clock
from tests.wire.relaying import Asking, met, offered

GIVEN = "case.consent-given.v2"


@pytest.fixture
def four(tmp_path: Path) -> Iterator[tuple[Asking, Clock]]:
    clock = Clock(now().replace(microsecond=0))
    with closing(open_installation(tmp_path / "var", clock)) as installation:
        asking = Asking(installation, clock)
        offered(asking)
        asking.heard()
        yield asking, clock


def test_logs_of_several_moments_are_compared_as_far_as_they_go(
    four: tuple[Asking, Clock], tmp_path: Path
) -> None:
    """Each service exported for itself, the one that gives consents an hour before the others."""
    asking, clock = four
    stores = asking.installation.stores
    exported_at({"identification": stores["identification"]}, tmp_path / "export", clock)
    clock.now += CLOCKS
    case, consent = met(asking)
    asking.heard()
    asking.of_a_case(case, WithdrawConsent(consent=consent))
    asking.heard()
    exported_at({"assistance": stores["assistance"]}, tmp_path / "export", clock)
    found = checks(tmp_path / "export")
    assert not found["assistance", AS_GIVEN].faults
    assert "2 could not be: younger" in found["assistance", AS_GIVEN].told


def test_logs_that_were_exported_later_than_what_they_lack_are_at_fault(
    four: tuple[Asking, Clock], tmp_path: Path
) -> None:
    """The same, but whoever gives consents exported a day later, and leaves it out."""
    asking, clock = four
    stores = asking.installation.stores
    met(asking)
    asking.heard()
    clock.now += HEARD_WITHIN
    for name in ("assistance", "identification"):
        exported_at({name: stores[name]}, tmp_path / "export", clock)
    export = Exported(tmp_path / "export", stores["identification"])
    export.doctored(without(GIVEN))
    export.sealed(int(clock().timestamp()), alone=True)
    (fault,) = checks(tmp_path / "export")["assistance", AS_GIVEN].faults
    assert "a consent that nobody gave in this case" in fault
