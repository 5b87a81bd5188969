"""The one process of the default with a clock that is a day off: nothing lost, nothing twice.

There is no second clock to hold against it, so it goes on; what it dated wrongly stays so dated,
and no order rests on a date. Under libfaketime a process does not hear of SIGTERM: it is killed.
"""

import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.faults.means import under_a_wrong_clock
from tests.faults.reading import rows
from tests.faults.serving import to_be_served

pytestmark = [pytest.mark.broker, pytest.mark.timeout(300)]


@pytest.mark.parametrize("off", ["+1d", "-1d"])
def test_a_clock_that_is_a_day_off_loses_and_doubles_nothing(tmp_path: Path, off: str) -> None:
    wrong = under_a_wrong_clock(off)
    here = to_be_served(tmp_path)
    with ExitStack() as load:
        journal = load.enter_context(here.load())
        with here.process():
            journal.wait_for_more(25)
        with here.process(wrong, killed=True):
            journal.wait_for_more(25)
        with here.process():  # the right time again, and clients that finish what they began
            journal.wait_for_more(25)
            load.close()
            seconds = here.caught_up()
    verdict = here.verdict(seconds)
    sys.stdout.write(f"{off}, in one process: {verdict}\n")
    assert verdict.faults() == {}
    dated = rows(tmp_path, "identification", "SELECT COUNT(DISTINCT substr(at, 1, 10)) FROM outbox")
    assert dated[0][0] > 1, "a fault that is not inflicted proves nothing"
