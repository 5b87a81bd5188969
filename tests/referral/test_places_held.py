"""Whoever accepted holds a place, until the referral ends in any way."""

import pytest

from services.referral.custody.state import Referral, Stage
from services.referral.custody.stopping import holders_of_a_place
from shared.codes import ServiceType


@pytest.mark.parametrize("stage", list(Stage))
def test_a_place_is_held_from_the_acceptance_to_the_end(stage: Stage) -> None:
    accepted = Referral(
        ServiceType.RESIDENTIAL, "a-consent", "hotline", {}, stage, accepted_by="casa-aperta"
    )
    holds = stage in {Stage.ACCEPTED, Stage.HANDED_OVER}
    assert holders_of_a_place([accepted]) == (("casa-aperta",) if holds else ())
