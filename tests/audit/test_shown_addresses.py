"""A log that is whole and signed, and tells of an address that nobody should have been told; and
the honest log that it was made from."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.audit.doctoring import Doctor, alone, at, by, changed, later, without
from tests.audit.exported import Exported, exported
from tests.referral.relay import open_relay
from tests.referral.test_http_escorting import accepted, told

TOLD = "referral.address-released.v1"


@pytest.fixture
def address(tmp_path: Path) -> Iterator[Exported]:
    """Accepted, an escort named, and told where to go."""
    relay = open_relay("sqlite", tmp_path)
    assert told(relay, accepted(relay)).status_code == 201
    yield exported(relay.web.store, tmp_path / "export")
    relay.web.store.close()


@pytest.mark.parametrize(
    ("doctor", "fault"),
    [
        (changed(TOLD, shelter="porto"), "of a shelter that had not accepted"),
        (without("referral.accepted.v1"), "of a shelter that had not accepted"),
        (changed("referral.escort-named.v1", operator="op-8"), "who was not named as the escort"),
        (changed("referral.escort-named.v1", organisation="porto"), "not named as the escort"),
        (by(TOLD, "porto"), "to somebody else than who had asked"),
        (without("referral.escort-named.v1"), "to somebody who was not named as the escort"),
        (changed("referral.proposed.v1", consent="0" * 32), "under another consent than its"),
        (at(TOLD, "2031-01-01T00:00:00+00:00"), "without a live consent"),
    ],
)
def test_an_address_that_nobody_should_have_been_told_is_named(
    address: Exported, doctor: Doctor, fault: str
) -> None:
    assert fault in alone(address, doctor, "addresses told to named escorts")


def test_an_address_that_is_told_once_the_referral_is_over_is_named(tmp_path: Path) -> None:
    relay = open_relay("sqlite", tmp_path)
    referral = accepted(relay)
    assert told(relay, referral).status_code == 201
    relay.did(referral, ("withdrawal", "hotline"))
    export = exported(relay.web.store, tmp_path / "export")
    fault = alone(export, later(TOLD, "referral.withdrawn.v1"), "addresses told to named escorts")
    assert "where nobody is awaited any more" in fault
    relay.web.store.close()
