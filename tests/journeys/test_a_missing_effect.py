"""A step without its effect is noticed: the demo says which, and ends with 1."""

from pathlib import Path

from services.referral.directory.commands import SetPlaces
from services.referral.directory.decide import DIRECTORY, stream_of
from shared.codes import Role, ServiceType
from shared.runtime.facts import Acting
from shared.runtime.handle import handle
from staffetta.demo import NETWORK
from staffetta.installation import fresh, now, open_installation
from staffetta.joining import join
from staffetta.journey.looking import DUE, TAKES
from staffetta.network import read_network
from tests.staffetta.processes import staffetta


def the_taking_provider_has_no_place_left(directory: Path) -> None:
    """The provider itself says so, after the network was loaded."""
    installation = open_installation(directory)
    join(installation, read_network(NETWORK))
    intake = Acting(TAKES, DUE, now(), frozenset({Role.PROVIDER_INTAKE}), fresh())
    none_left = SetPlaces(service=ServiceType.RESIDENTIAL, places=0)
    handle(installation.stores["referral"], DIRECTORY, stream_of(DUE), none_left, intake)
    installation.close()


def test_where_nobody_can_take_the_person_the_demo_fails_at_that_step(tmp_path: Path) -> None:
    the_taking_provider_has_no_place_left(tmp_path)
    failed = staffetta("demo", "--once", "--data", tmp_path)
    assert (failed.code, failed.err) == (1, "")
    assert "✗  7. The other accepts and takes a place: expected 200, got 409 " in failed.out
    assert "an-acceptance-takes-a-free-place" in failed.out
    assert failed.out.count("✓") == 6
    assert "Trace of case-" in failed.out


def test_the_demo_does_not_go_on_serving_what_failed(tmp_path: Path) -> None:
    the_taking_provider_has_no_place_left(tmp_path)
    failed = staffetta("demo", "--data", tmp_path)
    assert failed.code == 1
    assert "Serving at" not in failed.out
