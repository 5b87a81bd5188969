"""Several processes on one data directory: nobody is counted twice, nobody is left out."""

from pathlib import Path

import pytest

from staffetta.demo import NETWORK
from tests.faults.many import many_people
from tests.faults.reading import assert_all_was_heard, assert_dense
from tests.staffetta.processes import staffetta, started


@pytest.mark.timeout(300)
def test_two_loads_of_one_file_count_everybody_once(tmp_path: Path) -> None:
    file, data = tmp_path / "people.csv", tmp_path / "var"
    people = many_people(file, quarters=6)
    load = ("load", "nrm", file, "--data", data)
    with started(*load) as one, started(*load) as other:
        ended = one.end(), other.end()
    assert [(each.code, each.err.count("Traceback")) for each in ended] == [(0, 0), (0, 0)]
    checked = staffetta("load", "nrm", "--check", "--data", data)
    assert (checked.code, checked.out[:20]) == (0, f"Equal: {people} people per"[:20])
    assert_dense(data)
    assert_all_was_heard(data)


@pytest.mark.timeout(300)
def test_a_load_a_journey_and_a_rebuild_beside_a_served_network(tmp_path: Path) -> None:
    file, data = tmp_path / "people.csv", tmp_path / "var"
    many_people(file, quarters=3)
    with started("serve", "--network", NETWORK, "--data", data) as serving:
        serving.wait_for("Serving at")
        with (
            started("load", "nrm", file, "--data", data) as loading,
            started("demo", "--once", "--data", data) as demo,
        ):
            rebuilt = staffetta("rebuild", "--data", data)
            loaded, played = loading.end(), demo.end()
        assert serving.stop().code == 0
    assert (rebuilt.code, loaded.code, played.code) == (0, 0, 0), played.out
    assert staffetta("load", "nrm", "--check", "--data", data).code == 0
    assert_dense(data)
    assert_all_was_heard(data)
