"""A log that is whole and signed, and tells of an address that nobody should have been told; and
the honest log that it was made from."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.audit.doctoring import Doctor, alone, at, by, changed, later, without
from tests.audit.exported import Exported, exported
from tests.referral.given import IN_A_MONTH
from tests.referral.relay import GIVEN_ANEW, open_relay
from tests.referral.test_http_escorting import accepted, told

TOLD, NOTED = "referral.address-released.v1", "relay.consent-noted.v1"


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
        (changed(NOTED, recipient="porto"), "of a shelter that the person had not agreed to"),
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


@pytest.fixture
def anew(tmp_path: Path) -> Iterator[Exported]:
    """The person was asked again before the date; the escort is told after it."""
    relay = open_relay("sqlite", tmp_path)
    referral = accepted(relay)
    relay.hear(GIVEN_ANEW)
    relay.web.clock.now = IN_A_MONTH
    assert told(relay, referral).status_code == 201
    yield exported(relay.web.store, tmp_path / "export")
    relay.web.store.close()


@pytest.mark.parametrize(
    ("doctor", "fault"),
    [
        (changed(NOTED, purpose="return"), "under another consent than its"),
        (changed(NOTED, valid_until="2031-01-01T00:00:00+00:00"), "under another consent than its"),
        (without(NOTED), "under another consent than its"),
    ],
)
def test_an_address_told_on_a_consent_given_anew_is_in_order_and_not_on_any_other(
    anew: Exported, doctor: Doctor, fault: str
) -> None:
    assert fault in alone(anew, doctor, "addresses told to named escorts")
