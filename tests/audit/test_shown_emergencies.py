"""A log that is whole and signed, and tells of an emergency that broke its bounds; beside it, the
honest log that it was made from."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from shared.runtime.timers import fire_due
from staffetta.audit.exporting import export as export_all
from tests.audit.doctoring import Doctor, alone, at, changed, later, without
from tests.audit.exported import Exported, exported, unseen
from tests.identification.desk import open_desk
from tests.identification.test_http_emergencies import coordinator, judged, looked, running

OPENED, LOOKED, JUDGED = (
    "case.emergency-opened.v2",
    "case.emergency-looked.v1",
    "case.emergency-reviewed.v1",
)


@pytest.fixture
def emergency(tmp_path: Path) -> Iterator[Exported]:
    """Opened, looked at, and judged by somebody else."""
    desk = open_desk("sqlite", tmp_path)
    case, name = running(desk)
    assert looked(desk, case, name).status_code == 201
    assert judged(desk, case, name, coordinator(desk)).status_code == 200
    yield exported(desk.web.store, tmp_path / "export")
    desk.web.store.close()


@pytest.mark.parametrize(
    ("doctor", "fault"),
    [
        (changed(OPENED, ends_at="2031-01-01T00:00:00Z"), "an emergency of more than an hour"),
        (
            changed(OPENED, review_by="2031-01-01T00:00:00Z"),
            "an emergency that was to be judged later than within a day",
        ),
        (changed(LOOKED, emergency="0" * 32), "a look in an emergency that nobody had opened"),
        (at(LOOKED, "2031-01-01T00:00:00+00:00"), "a look after the emergency had ended"),
        (later(LOOKED, JUDGED), "a look after the emergency had ended"),
        (changed(OPENED, operator="op-3"), "a look by somebody else than who had opened"),
        (changed(OPENED, organisation="porto"), "a look by somebody else than who had opened"),
        (changed(JUDGED, reviewer="op-2"), "an emergency was judged by who had opened it"),
        (changed(JUDGED, emergency="0" * 32), "an emergency was judged that nobody had opened"),
        (at(JUDGED, "2031-01-01T00:00:00+00:00"), "judged too late, and no alarm tells of it"),
    ],
)
def test_an_emergency_that_breaks_its_bounds_is_named(
    emergency: Exported, doctor: Doctor, fault: str
) -> None:
    assert fault in alone(emergency, doctor, "emergencies used by who opened them")


def test_an_emergency_that_was_judged_late_is_none_where_an_alarm_told_of_it(
    tmp_path: Path,
) -> None:
    desk = open_desk("sqlite", tmp_path)
    case, name = running(desk)
    desk.web.clock.now += timedelta(hours=25)
    fire_due(desk.web.store, desk.web.clock(), lambda: "0" * 32)
    assert judged(desk, case, name, coordinator(desk)).status_code == 200
    export = exported(desk.web.store, tmp_path / "export")
    fault = alone(
        export, without("case.emergency-review-overdue.v1"), "emergencies used by who opened them"
    )
    assert "judged too late, and no alarm tells of it" in fault
    desk.web.store.close()


def test_an_emergency_that_everybody_forgot_is_named(tmp_path: Path) -> None:
    def progress(_name: str) -> Callable[[int, int], None]:
        return unseen

    desk = open_desk("sqlite", tmp_path)
    running(desk)
    forgotten = "an emergency that nobody judged, and no alarm tells of it"
    told = {"emergencies judged, or told as overdue": [forgotten]}
    for days, failed in ((1, {}), (3, told)):
        at = int((desk.web.clock() + timedelta(days=days)).timestamp())
        export = Exported(tmp_path / f"export-{days}", desk.web.store)
        export_all({"identification": desk.web.store}, export.directory, partial(int, at), progress)
        assert export.failed() == failed
    desk.web.store.close()
