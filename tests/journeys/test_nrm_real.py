"""A real quarter of a real national mechanism, to the last person."""

from pathlib import Path

import pytest

from tests.staffetta.processes import REPOSITORY, staffetta

QUARTER = REPOSITORY.parent / "shared" / "data" / "nrm" / "2022-Q2.csv"


@pytest.mark.timeout(600)
@pytest.mark.skipif(
    not QUARTER.exists(),
    reason="the published quarter is not in shared/data/nrm beside the repository",
)
def test_a_real_quarter_is_loaded_to_the_last_person(tmp_path: Path) -> None:
    equal = "Equal: 4171 people per quarter, responder type, exploitation, age and gender.\n"
    loaded = staffetta("load", "nrm", QUARTER, "--data", tmp_path)
    assert (loaded.code, loaded.out) == (0, equal)
    checked = staffetta("load", "nrm", "--check", "--data", tmp_path)
    assert (checked.code, checked.out, checked.err) == (0, equal, "")
