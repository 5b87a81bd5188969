"""What a network file says about retention is read, checked, and known to whoever is asked."""

from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from services.identification.retention.decide import RETENTION, STREAM
from services.identification.retention.state import Retention
from shared.codes import DataCategory
from shared.runtime.loading import load
from staffetta.faults import FaultyFile
from staffetta.installation import Installation, open_installation
from staffetta.joining import join
from staffetta.network import read_network
from tests.staffetta.test_network import NETWORKS, SMALL

RULES = """
[retention]
attest_within_hours = 24

[[retention.keep]]
category = "health"
months_after_closure = 12
basis = "a law"

[[retention.hold]]
case = "case-0123456789abcdef0123456789abcdef"
basis = "proceedings no. 7/2026"
until = 2027-06-30
"""


def joined(installation: Installation, path: Path, text: str) -> Retention:
    path.write_text(text)
    join(installation, read_network(path))
    state, _version = load(installation.stores["identification"], RETENTION, STREAM)
    assert isinstance(state, Retention)
    return state


def test_the_file_sets_them_and_a_file_without_them_changes_none(tmp_path: Path) -> None:
    file = tmp_path / "network.toml"
    with closing(open_installation(tmp_path / "var")) as installation:
        assert joined(installation, file, SMALL) == Retention()
        known = joined(installation, file, SMALL + RULES)
        (kept,), (hold,) = known.keep, known.hold
        assert (kept.category, kept.months_after_closure) == (DataCategory.HEALTH, 12)
        assert hold.until == date(2027, 6, 30)
        assert known.attest_within_hours == 24
        assert joined(installation, file, SMALL + RULES) == known
        assert joined(installation, file, SMALL) == known
        assert joined(installation, file, SMALL + "[retention]\n").hold == ()


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ('"health"', '"gossip"', "retention.keep.category"),
        ("= 12", "= 0", "retention.keep.months_after_closure"),
        ("case-0123456789abcdef0123456789abcdef", "Maria", "retention.hold.case"),
        ("= 24", "= 0", "retention.attest_within_hours"),
    ],
)
def test_a_fault_is_named_with_its_field(tmp_path: Path, old: str, new: str, field: str) -> None:
    file = tmp_path / "network.toml"
    file.write_text(SMALL + RULES.replace(old, new))
    with pytest.raises(FaultyFile) as refused:
        read_network(file)
    assert [fault.field for fault in refused.value.faults] == [field]
    assert new.strip('"') not in refused.value.faults[0].rule or new == "= 0"


def test_the_real_network_says_what_it_keeps() -> None:
    retention = read_network(NETWORKS / "oltre-la-strada.toml").retention
    assert retention is not None
    assert retention.keep
