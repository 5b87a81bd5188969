"""What is told of a person is kept as it was told; who was met matters only to who interprets."""

import pytest
from pydantic import SecretStr

from services.identification.cases.commands import RecordIdentity
from services.identification.cases.decide import CASES
from services.identification.cases.events import IdentityRecorded
from shared.codes import InterpreterMode
from tests.identification.given import (
    CONSENT_TO_SHELTER,
    GIVEN,
    HOTLINE,
    INFORMED,
    MANAGER,
    OPENED,
)
from tests.support.decisions import when


@pytest.mark.parametrize("reach", ["the baker", "only on mondays, ask for nobody"])
def test_when_it_is_told_how_to_reach_the_person_then_it_is_kept_word_for_word(reach: str) -> None:
    (recorded,) = when(CASES, [OPENED], RecordIdentity(reach=SecretStr(reach)), MANAGER)
    assert isinstance(recorded, IdentityRecorded)
    assert recorded.reach is not None
    assert recorded.reach.clear is not None
    assert recorded.reach.clear.get_secret_value() == reach


@pytest.mark.parametrize("met", [True, False])
def test_when_nobody_interprets_a_consent_then_it_does_not_matter_who_was_met(met: bool) -> None:
    alone = {"interpreter": InterpreterMode.NONE_NEEDED}
    asked = CONSENT_TO_SHELTER.model_copy(update={**alone, "met_with_the_person": met})
    assert when(CASES, [OPENED, INFORMED], asked, HOTLINE) == [GIVEN.model_copy(update=alone)]
