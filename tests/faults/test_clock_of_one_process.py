"""The default has one clock, and believes it: set a day ahead and a day back under the load, it
dates facts so, and loses and doubles none of them. A deadline within that day passes, as it must
by that clock; everybody has longer here."""

import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest

from tests.faults.clocks import settable_clock
from tests.faults.serving import to_be_served

pytestmark = [pytest.mark.broker, pytest.mark.timeout(300)]
WRONG_SECONDS, LONGER_THAN_A_DAY = 2.0, 72


def test_nothing_is_lost_over_a_day_ahead_and_a_day_back(tmp_path: Path) -> None:
    clock = settable_clock(tmp_path)
    here = to_be_served(tmp_path / "var", answer_within_hours=LONGER_THAN_A_DAY)
    told = (f"{name}={value}" for name, value in clock.surroundings.items())
    with here.process(("env", *told)):
        with here.load() as journal:
            for days in (1, -1):
                journal.wait_for_more(20)
                with clock.wrong_by(timedelta(days=days)):
                    before = len(journal.read())
                    time.sleep(WRONG_SECONDS)
                    went_on = len(journal.read()) - before
                assert went_on
                sys.stdout.write(f"{days:+} days: {went_on} acknowledged meanwhile\n")
            journal.wait_for_more(20)
        seconds = here.caught_up()
    verdict = here.verdict(seconds)
    sys.stdout.write(f"one process, set wrong: {verdict}\n")
    assert verdict.faults() == {}
